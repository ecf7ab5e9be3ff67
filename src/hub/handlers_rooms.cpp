#include "hub/handlers.hpp"
#include "hub/session.hpp"
#include "hub/shard.hpp"
#include "protocol/room_list.hpp"

#include <string>
#include <utility>
#include <vector>

namespace cresset::hub {
namespace {

void join_all(shard& home, session& s, const std::vector<std::string>& rooms)
{
    for (const std::string& room : rooms)
        home.join(s, {group_kind::room, room});
    if (home.log().enabled(base::log_level::debug))
        home.log().debug("client joined rooms",
                         {{"client", s.id().to_string()}, {"rooms", rooms.size()}});
}

} // namespace

void handle_join(shard& home, session& from, std::string_view data)
{
    std::vector<std::string> rooms = protocol::read_room_list(data);
    const std::size_t refused = std::erase_if(
        rooms, [](const std::string& room) { return !protocol::is_valid_room_name(room); });
    home.counts().refused_joins.add(refused);
    if (rooms.empty())
        return;
    home.guarded("validate_rooms", [&] {
        home.app().validate_rooms({from.id(), from.user_id()}, std::move(rooms),
                                  join_reply(from.address()));
    });
}

void handle_leave(shard& home, session& from, std::string_view data)
{
    for (const std::string& room : protocol::read_room_list(data))
        home.leave(from, {group_kind::room, room});
}

join_reply::join_reply(join_reply&& other) noexcept
    : client_(std::exchange(other.client_, std::nullopt))
{}

join_reply& join_reply::operator=(join_reply&& other) noexcept
{
    client_ = std::exchange(other.client_, std::nullopt);
    return *this;
}

void join_reply::allow(std::vector<std::string> rooms)
{
    const auto client = std::exchange(client_, std::nullopt);
    if (!client)
        return;
    client->home->run([client = *client, rooms = std::move(rooms)] {
        session* s = client.home->find(client.handle);
        if (s && s->state() == session_state::authenticated)
            join_all(*client.home, *s, rooms);
    });
}

} // namespace cresset::hub
