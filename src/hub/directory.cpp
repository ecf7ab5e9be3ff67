#include "hub/directory.hpp"

namespace cresset::hub {
namespace {

template <typename Stripe>
auto& names_of(Stripe& s, group_kind kind)
{
    return kind == group_kind::user ? s.users : s.rooms;
}

} // namespace

bool directory::add(const group_key& key, unsigned shard)
{
    stripe& s = stripe_of(key);
    const std::lock_guard lock(s.mutex);
    shard_set& shards = names_of(s, key.kind)[std::string(key.name)];
    const shard_set before = shards;
    shards |= shard_set{1} << shard;
    return shards != before;
}

bool directory::remove(const group_key& key, unsigned shard)
{
    stripe& s = stripe_of(key);
    const std::lock_guard lock(s.mutex);
    auto& names = names_of(s, key.kind);
    const auto found = names.find(std::string(key.name));
    if (found == names.end())
        return false;
    const shard_set before = found->second;
    const shard_set after = before & ~(shard_set{1} << shard);
    found->second = after;
    if (after == 0)
        names.erase(found);
    return after != before;
}

shard_set directory::find(const group_key& key) const
{
    const stripe& s = stripe_of(key);
    const std::lock_guard lock(s.mutex);
    const auto& names = names_of(s, key.kind);
    const auto found = names.find(std::string(key.name));
    return found == names.end() ? 0 : found->second;
}

directory::stripe& directory::stripe_of(const group_key& key) const noexcept
{
    return stripes_[group_key_hash{}(key) % stripes];
}

} // namespace cresset::hub
