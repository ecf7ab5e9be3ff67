#include "simulation/application.hpp"

#include "protocol/json_member.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace cresset::simulation {
namespace {

using protocol::find_member;
using protocol::read_string_member;

broker::target_kind kind_of(std::string_view name)
{
    using broker::target_kind;
    for (const auto kind : {target_kind::client, target_kind::user, target_kind::room})
        if (name_of(kind) == name)
            return kind;
    return target_kind::broadcast;
}

} // namespace

std::vector<std::string> application::allowed(const std::vector<std::string>& rooms)
{
    std::vector<std::string> open = rooms;
    std::erase_if(open, [](const std::string& room) { return room.starts_with("closed"); });
    return open;
}

void application::authenticate(const authenticate_request& request, reply<identity> answer)
{
    const std::string_view credentials = request.data();
    const int who = std::atoi(std::string(find_member(credentials, "who")).c_str());
    whos_.emplace(request.client.id(), who);
    const std::string user = read_string_member(credentials, "user").value_or("");
    const std::string verdict = read_string_member(credentials, "verdict").value_or("");
    if (verdict == "accept")
        answer.accept(user.empty() ? identity() : identity(user));
    else if (verdict == "reject")
        answer.reject();
    else if (verdict == "fail")
        answer.fail("as it was asked to");
    else if (verdict == "throw")
        throw std::runtime_error("as it was asked to");
    else
        identities.push_back({who, user, std::move(answer)});
}

void application::validate_rooms(const join_request& request, reply<allowed_rooms> answer)
{
    if (std::ranges::find(request.rooms, "later") == request.rooms.end())
        answer.accept(allowed(request.rooms));
    else
        joins.push_back({whos_.at(request.client.id()), request.rooms, std::move(answer)});
}

void application::message(const cresset::message& received)
{
    if (received.event == "throw")
        throw std::runtime_error("as it was asked to");
    if (received.event != "say")
        return;
    const std::string_view asked = received.data();
    std::vector<client_id> exclude;
    for (const std::string& id : protocol::read_strings_member(asked, "exclude"))
        exclude.push_back(client_id::parse(id).value());
    const std::string name = read_string_member(asked, "name").value_or("");
    const std::string event = read_string_member(asked, "event").value_or("");
    const std::string_view out = find_member(asked, "out");
    const broker::target_kind kind = kind_of(read_string_member(asked, "kind").value_or(""));
    // What no message between nodes may be; and what only nodes say, in a fuzz target.
    if (event.empty() || (name.empty() && kind != broker::target_kind::broadcast) ||
        !find_member(out, "node").empty())
        return;
    hub_->send({kind, name}, {event, out}, exclude,
               find_member(asked, "fleet") == "true" ? reach::fleet : reach::node);
}

} // namespace cresset::simulation
