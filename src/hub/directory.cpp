#include "hub/directory.hpp"

#include <algorithm>
#include <cassert>

namespace cresset::hub {
namespace {

template <typename Stripe>
auto& names_of(Stripe& s, group_kind kind)
{
    return kind == group_kind::user ? s.users : s.rooms;
}

template <typename Expected>
bool is_expected(const Expected& expected, std::string_view room, unsigned shard)
{
    if (expected.empty())
        return false;
    const auto found = expected.find(std::string(room));
    return found != expected.end() &&
           std::find(found->second.begin(), found->second.end(), shard) != found->second.end();
}

} // namespace

bool directory::add(const group_key& key, unsigned shard)
{
    stripe& s = stripe_of(key);
    const std::lock_guard lock(s.mutex);
    return add_to(s, key, shard);
}

bool directory::remove(const group_key& key, unsigned shard)
{
    stripe& s = stripe_of(key);
    const std::lock_guard lock(s.mutex);
    return remove_from(s, key, shard);
}

bool directory::expect(std::string_view room, unsigned shard)
{
    const group_key key{group_kind::room, room};
    stripe& s = stripe_of(key);
    const std::lock_guard lock(s.mutex);
    s.expected[std::string(room)].push_back(shard);
    return add_to(s, key, shard);
}

bool directory::arrive(std::string_view room, unsigned shard, bool has_members)
{
    const group_key key{group_kind::room, room};
    stripe& s = stripe_of(key);
    const std::lock_guard lock(s.mutex);
    const auto found = s.expected.find(std::string(room));
    assert(found != s.expected.end());
    std::vector<unsigned>& shards = found->second;
    const auto one = std::find(shards.begin(), shards.end(), shard);
    assert(one != shards.end());
    *one = shards.back();
    shards.pop_back();
    if (shards.empty())
        s.expected.erase(found);
    return !has_members && remove_from(s, key, shard);
}

bool directory::add_to(stripe& s, const group_key& key, unsigned shard)
{
    shard_set& shards = names_of(s, key.kind)[std::string(key.name)];
    const shard_set before = shards;
    shards |= shard_set{1} << shard;
    if (shards == before)
        return false;
    nodes_.add_interest(target_of(key.kind), key.name);
    return true;
}

bool directory::remove_from(stripe& s, const group_key& key, unsigned shard)
{
    if (key.kind == group_kind::room && is_expected(s.expected, key.name, shard))
        return false;
    auto& names = names_of(s, key.kind);
    const auto found = names.find(std::string(key.name));
    if (found == names.end())
        return false;
    const shard_set before = found->second;
    const shard_set after = before & ~(shard_set{1} << shard);
    found->second = after;
    if (after == 0)
        names.erase(found);
    if (after == before)
        return false;
    nodes_.remove_interest(target_of(key.kind), key.name);
    return true;
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
