#pragma once

#include <cresset/constants.hpp>
#include <cstddef>
#include <string_view>

namespace cresset::protocol {

// The envelope, one and the same both ways (PROTOCOL.md, section 1):
//
//     {"event": "message", "data": {"any": ["JSON"]}, "id": "7"}
//               |                  |                        |
//               |                  |                        optional string, the client's own mark
//               |                  optional, any value; passed on as the bytes that came in
//               never empty; one of the names below, or the application's own
namespace system_event = cresset::events;

// Of a client's event, in UTF-8. The reference has no limit but that of the message.
inline constexpr std::size_t event_name_bytes_max = 1024;

constexpr bool is_system_event(std::string_view event) noexcept
{
    return system_event::is_valid(event) || event == system_event::gap ||
           event == system_event::reconnect || event == system_event::room_key;
}

} // namespace cresset::protocol
