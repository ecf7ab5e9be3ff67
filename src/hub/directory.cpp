#include "hub/directory.hpp"

namespace cresset::hub {
namespace {

template <typename Stripe>
auto& names_of(Stripe& s, group_kind kind)
{
    return kind == group_kind::user ? s.users : s.rooms;
}

} // namespace

void directory::add(const group_key& key, unsigned shard)
{
    stripe& s = stripe_of(key);
    const std::lock_guard lock(s.mutex);
    names_of(s, key.kind)[std::string(key.name)] |= shard_set{1} << shard;
}

void directory::remove(const group_key& key, unsigned shard)
{
    stripe& s = stripe_of(key);
    const std::lock_guard lock(s.mutex);
    auto& names = names_of(s, key.kind);
    const auto found = names.find(std::string(key.name));
    if (found == names.end())
        return;
    found->second &= ~(shard_set{1} << shard);
    if (found->second == 0)
        names.erase(found);
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
