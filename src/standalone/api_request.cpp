#include "standalone/api_request.hpp"

#include "protocol/event.hpp"
#include "protocol/json_member.hpp"
#include "protocol/json_scanner.hpp"
#include "protocol/room_list.hpp"

#include <charconv>
#include <cresset/constants.hpp>
#include <cresset/json.hpp>

namespace cresset::standalone {
namespace {

using broker::target_kind;
using protocol::find_member;
using protocol::read_string_member;

constexpr std::size_t reason_bytes_max = 123; // RFC 6455, section 5.5.1

[[noreturn]] void refuse(const std::string& why)
{
    throw api_request_error(why);
}

void check_body(std::string_view body)
{
    if (!is_json(body) || !protocol::json_scanner(body).enter_object())
        refuse("the body must be a JSON object");
}

api_destination read_destination(std::string_view raw)
{
    const auto client = read_string_member(raw, "client");
    const auto user = read_string_member(raw, "user");
    const auto room = read_string_member(raw, "room");
    const bool everyone = find_member(raw, "everyone") == "true";
    int said = 0;
    for (const std::string_view name : {"client", "user", "room", "everyone"})
        said += find_member(raw, name).empty() ? 0 : 1;
    if (said != 1 || client.has_value() + user.has_value() + room.has_value() + everyone != 1)
        refuse(R"(a destination is {"room": "..."}, {"user": "..."}, {"client": "..."} or )"
               R"({"everyone": true}, one of these)");
    if (everyone)
        return {target_kind::broadcast, {}};
    if (client && !base::client_id::parse(*client))
        refuse("a client is named by its id, a UUID");
    if (room && room->empty())
        refuse("a room has a name");
    if (user && user->empty())
        refuse("a user has a name");
    if (client)
        return {target_kind::client, *client};
    return user ? api_destination{target_kind::user, *user}
                : api_destination{target_kind::room, *room};
}

std::vector<api_destination> read_destinations(std::string_view raw)
{
    if (raw.empty())
        refuse("`to` is missing: whom it is for");
    protocol::json_scanner list(raw);
    if (!list.enter_array())
        return {read_destination(raw)};
    std::vector<api_destination> all;
    for (std::string_view each; list.next_element(each);) {
        if (all.size() == api_destinations_max)
            refuse("`to` has at most " + std::to_string(api_destinations_max) + " destinations");
        all.push_back(read_destination(each));
    }
    if (all.empty())
        refuse("`to` has no destination");
    return all;
}

// Of a member that has to be a list of texts, if it is there.
std::vector<std::string> read_texts(std::string_view body, std::string_view name)
{
    const std::string_view raw = find_member(body, name);
    std::vector<std::string> texts = protocol::read_strings_member(body, name);
    std::size_t elements = 0;
    protocol::json_scanner list(raw);
    const bool is_list = list.enter_array();
    for (std::string_view each; is_list && list.next_element(each);)
        ++elements;
    if (!raw.empty() && (!is_list || elements != texts.size()))
        refuse('`' + std::string(name) + "` is a list of texts");
    return texts;
}

std::vector<base::client_id> read_excluded(std::string_view body)
{
    std::vector<base::client_id> ids;
    for (const std::string& each : read_texts(body, "exclude")) {
        const auto id = base::client_id::parse(each);
        if (!id)
            refuse("`exclude` is a list of ids of clients");
        if (ids.size() == api_excluded_max)
            refuse("`exclude` has at most " + std::to_string(api_excluded_max) + " clients");
        ids.push_back(*id);
    }
    return ids;
}

std::uint16_t read_code(std::string_view raw)
{
    if (raw.empty())
        return close_codes::normal;
    std::uint16_t code = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), code);
    if (error != std::errc{} || end != raw.data() + raw.size() || !close_codes::is_valid(code))
        refuse("`code` is 1000, 1001, or a number from 3000 to 4999");
    return code;
}

} // namespace

emit_request read_emit_request(std::string_view body)
{
    check_body(body);
    emit_request asked;
    asked.to = read_destinations(find_member(body, "to"));
    const auto event = read_string_member(body, "event");
    if (!event || event->empty() || event->size() > protocol::event_name_bytes_max)
        refuse("`event` is a name of 1 to " + std::to_string(protocol::event_name_bytes_max) +
               " bytes");
    if (protocol::is_system_event(*event))
        refuse("`event` is a name of the server's own");
    asked.event = *event;
    asked.data = find_member(body, "data");
    asked.exclude = read_excluded(body);
    return asked;
}

api_destination read_subject(std::string_view body)
{
    check_body(body);
    api_destination whom = read_destination(body);
    if (whom.kind == target_kind::broadcast)
        refuse("name a client, a user or a room");
    return whom;
}

std::vector<std::string> read_rooms(std::string_view body)
{
    std::vector<std::string> rooms = read_texts(body, "rooms");
    if (rooms.empty() || rooms.size() > api_rooms_max)
        refuse("`rooms` is a list of 1 to " + std::to_string(api_rooms_max) + " names");
    for (const std::string& each : rooms)
        if (!protocol::is_valid_room_name(each))
            refuse("a room's name has at most 256 characters, does not begin with \"ws:\", and is "
                   "no id of a client");
    return rooms;
}

close_request read_close_request(std::string_view body)
{
    close_request asked{read_subject(body), read_code(find_member(body, "code")),
                        read_string_member(body, "reason").value_or("")};
    if (const std::string_view raw = find_member(body, "reason"); !raw.empty() && raw[0] != '"')
        refuse("`reason` is a text");
    if (asked.reason.size() > reason_bytes_max)
        refuse("`reason` has at most 123 bytes");
    return asked;
}

} // namespace cresset::standalone
