#include "standalone/application.hpp"

#include "base/glob.hpp"
#include "protocol/event.hpp"
#include "protocol/event_writer.hpp"
#include "protocol/publish_request.hpp"
#include "protocol/room_list.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cresset::standalone {
namespace {

bool allow(const room_patterns& allowed, const room_patterns& denied, std::string_view room,
           client_values& who)
{
    return match_any(allowed, room, who) && !may_match_any(denied, room, who);
}

// By the client's token.
bool has_been_allowed(std::string_view room, client_values& who)
{
    return std::ranges::any_of(who.facts().may_join, [room](const std::string& pattern) {
        return base::glob_match(pattern, room);
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

rules::rules(const rule_texts& told)
    : join(make_room_patterns(told.join)),
      deny_join(make_room_patterns(told.deny_join)),
      publish(make_room_patterns(told.publish)),
      deny_publish(make_room_patterns(told.deny_publish)),
      publish_to_self(told.publish_to_self)
{}

application::application(rules allowed, authentication& who)
    : authentication_(who), expiries_([this](const client_id& client) {
          hub_->disconnect(client, ws::close_code{close_codes::token_expired}, "Token expired");
      })
{
    set_rules(std::move(allowed));
}

void application::set_rules(rules allowed)
{
    rules_ = &all_rules_.emplace_back(std::move(allowed));
}

void application::authenticate(const authenticate_request& request, reply<identity> answer)
{
    authentication_.authenticate(request, std::move(answer));
}

void application::validate_rooms(const join_request& request, reply<allowed_rooms> answer)
{
    const rules& now = allowed();
    client_values who(request.client);
    allowed_rooms rooms;
    std::ranges::copy_if(request.rooms, std::back_inserter(rooms), [&](const std::string& room) {
        return !may_match_any(now.deny_join, room, who) &&
               (match_any(now.join, room, who) || has_been_allowed(room, who));
    });
    answer.accept(std::move(rooms));
}

void application::client_connected(const client& who)
{
    const rules& now = allowed();
    client_values values(who);
    std::size_t left = hub_->settings().rooms_a_client_max;
    for (const std::string& room : values.facts().joins) {
        if (!protocol::is_valid_room_name(room) || may_match_any(now.deny_join, room, values))
            continue;
        if (left-- == 0)
            return;
        hub_->join(who.id(), room);
    }
}

void application::client_disconnected(const client& who)
{
    expiries_.forget(who.id());
}

void application::message(const cresset::message& received)
{
    const rules& now = allowed(); // a reload in between would make a mixture of two
    if (received.event == "publish" && !now.publish.empty())
        publish(received.client, received.data(), now);
}

void application::publish(const client& from, std::string_view data, const rules& now)
{
    const protocol::publish_result asked = protocol::read_publish_request(data);
    if (!asked)
        refuse(from, explain(asked.error));
    else if (protocol::is_system_event(asked->event))
        refuse(from, "Publish refused: the event name is the server's own");
    else if (client_values who(from); !allow(now.publish, now.deny_publish, asked->room, who))
        refuse(from, "Publish refused: the room does not allow it");
    else if (!hub_->is_member(from.id(), asked->room))
        refuse(from, "Publish refused: not a member of the room");
    else
        hub_->send({broker::target_kind::room, asked->room}, {asked->event, asked->data},
                   hub::excluded_clients(&from.id(), now.publish_to_self ? 0 : 1), reach::fleet);
}

void application::refuse(const client& from, std::string_view why)
{
    hub_->send({broker::target_kind::client, from.id().to_string()},
               {events::error, protocol::write_error_data(why)});
}

} // namespace cresset::standalone
