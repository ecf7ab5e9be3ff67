// What a shard tells other threads of its clients.

#include "hub/hub.hpp"
#include "hub/shard.hpp"

#include <algorithm>

namespace cresset::hub {

using std::chrono::milliseconds;

bool shard::has_client(const base::client_id& id) const
{
    const std::shared_lock lock(registry_);
    return by_id_.contains(id);
}

bool shard::is_member(const base::client_id& id, const group_key& key) const
{
    const std::shared_lock lock(registry_);
    const auto found = by_id_.find(id);
    return found != by_id_.end() && groups_.contains(*found, key);
}

std::size_t shard::count(const group_key& key, const client_ids& exclude) const
{
    const std::shared_lock lock(registry_);
    const auto is_excluded_member = [&](const base::client_id& id) {
        const auto found = by_id_.find(id);
        return found != by_id_.end() && groups_.contains(*found, key);
    };
    const std::size_t excluded =
        static_cast<std::size_t>(std::ranges::count_if(exclude, is_excluded_member));
    return groups_.members(key).size() - std::min(excluded, groups_.members(key).size());
}

std::optional<client_info> shard::describe(const base::client_id& id) const
{
    const std::shared_lock lock(registry_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end())
        return std::nullopt;
    return describe(sessions_[*found]);
}

void shard::describe_all(std::vector<client_info>& into) const
{
    const std::shared_lock lock(registry_);
    for (const std::uint32_t slot : by_id_)
        into.push_back(describe(sessions_[slot]));
}

void shard::describe_members(const group_key& key, std::vector<client_info>& into) const
{
    const std::shared_lock lock(registry_);
    for (const std::uint32_t slot : groups_.members(key))
        into.push_back(describe(sessions_[slot]));
}

client_info shard::describe(const session& s) const
{
    client_info info;
    info.id = s.id();
    if (s.named_)
        info.user_id = user_of(s);
    info.state = s.state();
    info.encrypted = s.encrypted();
    info.address = s.peer().to_string();
    info.rooms = groups_.names_of(s.slot(), group_kind::room);
    if (s.state() == client_state::authenticated)
        info.rooms.push_back(s.id().to_string());
    if (s.metadata_)
        info.metadata = *s.metadata_;
    const std::uint64_t now = loop().elapsed_ms();
    info.connected_at = wall_time(milliseconds(now - s.connected_ms_));
    const std::uint32_t last = s.last_message_.load(std::memory_order_relaxed);
    info.last_activity = wall_time(milliseconds(static_cast<std::uint32_t>(now) - last));
    return info;
}

// Ages are steady; what people are told is the wall clock's time.
std::chrono::system_clock::time_point shard::wall_time(milliseconds ago) const
{
    return std::chrono::system_clock::now() - ago;
}

} // namespace cresset::hub
