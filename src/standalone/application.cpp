#include "standalone/application.hpp"

#include "base/glob.hpp"
#include "protocol/authenticate_request.hpp"
#include "protocol/event.hpp"
#include "protocol/event_writer.hpp"
#include "protocol/publish_request.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cresset::standalone {
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
    case protocol::publish_error::no_object:
        return "Publish refused: data must be an object";
    case protocol::publish_error::no_room:
        return "Publish refused: room must be a string";
    case protocol::publish_error::no_event:
        return "Publish refused: event must be a string";
    }
    return "Publish refused";
}

} // namespace

application::application(rules allowed) : rules_(std::move(allowed)) {}

void application::authenticate(const authenticate_request& request, reply<identity> answer)
{
    identity who;
    who.user_id = protocol::read_authenticate_request(request.data()).user_id;
    answer.accept(std::move(who));
}

void application::validate_rooms(const join_request& request, reply<allowed_rooms> answer)
{
    allowed_rooms rooms;
    std::ranges::copy_if(request.rooms, std::back_inserter(rooms),
                         [this](const auto& room) { return matches_any(rules_.join, room); });
    answer.accept(std::move(rooms));
}

void application::message(const cresset::message& received)
{
    if (received.event == "publish" && !rules_.publish.empty())
        publish(received.client, received.data());
}

void application::publish(const client& from, std::string_view data)
{
    const protocol::publish_result asked = protocol::read_publish_request(data);
    if (!asked)
        refuse(from, explain(asked.error));
    else if (protocol::is_system_event(asked->event))
        refuse(from, "Publish refused: the event name is the server's own");
    else if (!matches_any(rules_.publish, asked->room))
        refuse(from, "Publish refused: the room does not allow it");
    else if (!hub_->is_member(from.id(), asked->room))
        refuse(from, "Publish refused: not a member of the room");
    else
        hub_->send({broker::target_kind::room, asked->room}, {asked->event, asked->data},
                   hub::excluded_clients(&from.id(), rules_.publish_to_self ? 0 : 1), reach::fleet);
}

void application::refuse(const client& from, std::string_view why)
{
    hub_->send({broker::target_kind::client, from.id().to_string()},
               {events::error, protocol::write_error_data(why)});
}

} // namespace cresset::standalone
