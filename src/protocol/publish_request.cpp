#include "protocol/publish_request.hpp"

#include "protocol/json_member.hpp"

#include <utility>

namespace cresset::protocol {

publish_result read_publish_request(std::string_view raw_data)
{
    if (!raw_data.starts_with('{'))
        return {std::nullopt, publish_error::no_object};
    std::optional<std::string> room = read_string_member(raw_data, "room");
    if (!room || room->empty())
        return {std::nullopt, publish_error::no_room};
    std::optional<std::string> event = read_string_member(raw_data, "event");
    if (!event || event->empty())
        return {std::nullopt, publish_error::no_event};
    return {publish_request{std::move(*room), std::move(*event), find_member(raw_data, "data")}};
}

} // namespace cresset::protocol
