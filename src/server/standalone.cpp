#include "server/standalone.hpp"

#include "base/glob.hpp"
#include "protocol/authenticate_request.hpp"
#include "protocol/event.hpp"
#include "protocol/json_string.hpp"
#include "protocol/publish_request.hpp"

#include <algorithm>
#include <utility>

namespace cresset::server {
namespace {

bool matches_any(const std::vector<std::string>& patterns, std::string_view name)
{
    return std::any_of(patterns.begin(), patterns.end(), [name](const std::string& pattern) {
        return base::glob_match(pattern, name);
    });
}

std::string_view explain(protocol::publish_error error)
{
    switch (error) {
    case protocol::publish_error::no_object: return "Publish refused: data must be an object";
    case protocol::publish_error::no_room: return "Publish refused: room must be a string";
    case protocol::publish_error::no_event: return "Publish refused: event must be a string";
    }
    return "Publish refused";
}

} // namespace

standalone::standalone(standalone_rules rules, base::log& log)
    : rules_(std::move(rules)), log_(log)
{}

void standalone::authenticate(const hub::client&, std::string_view credentials,
                              hub::authenticate_reply reply)
{
    reply.accept({protocol::read_authenticate_request(credentials).user_id});
}

void standalone::validate_rooms(const hub::client& who, std::vector<std::string> rooms,
                                hub::join_reply reply)
{
    const std::size_t refused = std::erase_if(
        rooms, [this](const std::string& room) { return !matches_any(rules_.join, room); });
    if (refused != 0) {
        hub_->count_refused_joins(who.id, refused);
        log_.info("join refused by --join", {{"client", who.id.to_string()}, {"rooms", refused}});
    }
    reply.allow(std::move(rooms));
}

void standalone::message(const hub::client& from, std::string_view event, std::string_view data)
{
    if (event == "publish" && !rules_.publish.empty())
        publish(from, data);
}

void standalone::publish(const hub::client& from, std::string_view data)
{
    const protocol::publish_result asked = protocol::read_publish_request(data);
    if (!asked)
        refuse(from, explain(asked.error));
    else if (protocol::is_system_event(asked->event))
        refuse(from, "Publish refused: the event name is the server's own");
    else if (!matches_any(rules_.publish, asked->room))
        refuse(from, "Publish refused: the room does not allow it");
    else if (!hub_->is_member(from.id, asked->room))
        refuse(from, "Publish refused: not a member of the room");
    else
        hub_->send_to_room_everywhere(asked->room, {asked->event, asked->data}, {from.id});
}

void standalone::refuse(const hub::client& from, std::string_view why)
{
    std::string data = "{\"message\":";
    protocol::append_json_string(data, why);
    data += '}';
    hub_->send_to_client(from.id, {protocol::system_event::error, data});
}

} // namespace cresset::server
