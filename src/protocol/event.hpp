#pragma once

#include <array>
#include <string_view>

namespace cresset::protocol {

// The envelope, one and the same both ways (PROTOCOL.md, section 1):
//
//     {"event": "message", "data": {"any": ["JSON"]}, "id": "7"}
//               |                  |                        |
//               |                  |                        optional string, the client's own mark
//               |                  optional, any value; passed on as the bytes that came in
//               never empty; one of the names below, or the application's own
namespace system_event {

inline constexpr std::string_view authenticate = "authenticate";
inline constexpr std::string_view connected = "connected";
inline constexpr std::string_view join = "join";
inline constexpr std::string_view leave = "leave";
inline constexpr std::string_view heartbeat = "heartbeat";
inline constexpr std::string_view error = "error";
inline constexpr std::string_view encrypted = "encrypted";
inline constexpr std::string_view disconnect = "disconnect";

inline constexpr std::array all = {authenticate, connected, join,      leave,
                                   heartbeat,    error,     encrypted, disconnect};

} // namespace system_event

constexpr bool is_system_event(std::string_view event) noexcept
{
    for (const std::string_view name : system_event::all) {
        if (event == name)
            return true;
    }
    return false;
}

} // namespace cresset::protocol
