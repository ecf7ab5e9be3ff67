// What a shard tells the directory, and so the other nodes, of whom it has.

#include "hub/hub.hpp"
#include "hub/shard.hpp"

#include <string>
#include <utility>

namespace cresset::hub {

using broker::target_kind;

void shard::expect(std::string_view room)
{
    if (hub_.names().expect(room, index_))
        hub_.nodes().add_interest(target_kind::room, room);
}

void shard::join_expected(session* s, std::string_view room)
{
    const group_key key{group_kind::room, room};
    if (s && s->open())
        join(*s, key);
    if (hub_.names().arrive(room, index_, !groups_.members(key).empty()))
        hub_.nodes().remove_interest(target_kind::room, room);
}

void shard::on_group_added(const group_key& key)
{
    if (key.kind != group_kind::everyone && hub_.names().add(key, index_))
        changes_.push_back({true, target_of(key.kind), std::string(key.name)});
}

void shard::on_group_removed(const group_key& key)
{
    if (key.kind != group_kind::everyone && hub_.names().remove(key, index_))
        changes_.push_back({false, target_of(key.kind), std::string(key.name)});
}

// Not while they come to be: the registry's lock is held then, and a broker has locks of its own.
void shard::tell_interest()
{
    for (const interest_change& change : changes_) {
        if (change.added)
            hub_.nodes().add_interest(change.kind, change.name);
        else
            hub_.nodes().remove_interest(change.kind, change.name);
    }
    changes_.clear();
}

void shard::add_interest_in(const base::client_id& id)
{
    const std::string name = id.to_string();
    hub_.nodes().add_interest(target_kind::client, name);
    hub_.nodes().add_interest(target_kind::room, name);
}

void shard::remove_interest_in(const base::client_id& id)
{
    const std::string name = id.to_string();
    hub_.nodes().remove_interest(target_kind::client, name);
    hub_.nodes().remove_interest(target_kind::room, name);
}

} // namespace cresset::hub
