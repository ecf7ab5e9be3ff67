// What a shard tells the directory, and so the other nodes, of whom it has.

#include "hub/hub.hpp"
#include "hub/shard.hpp"

#include <string>
#include <utility>

namespace cresset::hub {

using broker::target_kind;

void shard::expect(std::string_view room)
{
    hub_.names().expect(room, index_);
}

void shard::join_expected(session* s, std::string_view room)
{
    const group_key key{group_kind::room, room};
    if (s && s->open())
        join(*s, key);
    hub_.names().arrive(room, index_, !groups_.members(key).empty());
}

void shard::on_group_added(const group_key& key)
{
    if (key.kind != group_kind::everyone)
        hub_.names().add(key, index_);
}

void shard::on_group_removed(const group_key& key)
{
    if (key.kind == group_kind::room)
        room_keys_.on_removed(key.name);
    if (key.kind != group_kind::everyone)
        hub_.names().remove(key, index_);
}

// A client is reached by its id, by the room of its id, and by its user.
void shard::announce(session& s, const identity& who)
{
    broker::broker& nodes = hub_.nodes();
    s.announced_ = true;
    const std::string id = s.id().to_string();
    nodes.add_interest(target_kind::client, id);
    nodes.add_interest(target_kind::room, id);
    if (who.user_id && !who.user_id->empty())
        nodes.add_interest(target_kind::user, *who.user_id);
    for (const std::string& room : settings().default_rooms)
        nodes.add_interest(target_kind::room, room);
}

void shard::withdraw(const identity& who)
{
    broker::broker& nodes = hub_.nodes();
    if (who.user_id && !who.user_id->empty())
        nodes.remove_interest(target_kind::user, *who.user_id);
    for (const std::string& room : settings().default_rooms)
        nodes.remove_interest(target_kind::room, room);
}

void shard::withdraw(session& s)
{
    if (!s.announced_)
        return;
    s.announced_ = false;
    const std::string id = s.id().to_string();
    hub_.nodes().remove_interest(target_kind::client, id);
    hub_.nodes().remove_interest(target_kind::room, id);
    if (s.state() == client_state::authenticating)
        withdraw(s.take_identity());
}

void shard::when_settled(session& s, base::unique_function<void(shard&, session&)> then)
{
    hub_.nodes().when_settled([to = s.address(), then = std::move(then)]() mutable {
        const std::shared_ptr<lifeline> line = to.line;
        line->run([to = std::move(to), then = std::move(then)]() mutable {
            if (session* client = to.home->find(to.handle))
                then(*to.home, *client);
        });
    });
}

} // namespace cresset::hub
