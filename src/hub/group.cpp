#include "hub/group.hpp"

#include <boost/container_hash/hash.hpp>

#include <algorithm>
#include <cassert>

namespace cresset::hub {
namespace {

const std::vector<std::uint32_t> nobody;

memberships::iterator place_in(memberships& list, std::uint32_t group)
{
    return std::find_if(list.begin(), list.end(),
                        [group](const membership& m) { return m.group == group; });
}

} // namespace

std::size_t group_key_hash::operator()(const group_key& key) const noexcept
{
    std::size_t seed = static_cast<std::size_t>(key.kind);
    boost::hash_combine(seed, key.name);
    return seed;
}

bool group_table::join(std::uint32_t session, const group_key& key)
{
    memberships& list = owner_.memberships_of(session);
    const std::uint32_t index = find_or_add(key);
    if (place_in(list, index) != list.end())
        return false;
    auto& members = groups_[index]->members;
    list.push_back({index, static_cast<std::uint32_t>(members.size())});
    members.push_back(session);
    return true;
}

bool group_table::leave(std::uint32_t session, const group_key& key)
{
    const std::uint32_t index = find(key);
    if (index == none)
        return false;
    memberships& list = owner_.memberships_of(session);
    const auto found = place_in(list, index);
    if (found == list.end())
        return false;
    const membership place = *found;
    *found = list.back();
    list.pop_back();
    remove(place);
    return true;
}

void group_table::leave_all(std::uint32_t session)
{
    memberships list;
    list.swap(owner_.memberships_of(session));
    for (const membership& place : list)
        remove(place);
}

bool group_table::contains(std::uint32_t session, const group_key& key) const noexcept
{
    const std::uint32_t index = find(key);
    if (index == none)
        return false;
    memberships& list = owner_.memberships_of(session);
    return place_in(list, index) != list.end();
}

const std::vector<std::uint32_t>& group_table::members(const group_key& key) const noexcept
{
    const std::uint32_t index = find(key);
    return index == none ? nobody : groups_[index]->members;
}

std::vector<std::string> group_table::names_of(std::uint32_t session, group_kind kind) const
{
    std::vector<std::string> names;
    for (const membership& m : owner_.memberships_of(session))
        if (groups_[m.group]->kind == kind)
            names.push_back(groups_[m.group]->name);
    return names;
}

std::string_view group_table::name_of(std::uint32_t session, group_kind kind) const noexcept
{
    for (const membership& m : owner_.memberships_of(session))
        if (groups_[m.group]->kind == kind)
            return groups_[m.group]->name;
    return {};
}

std::uint32_t group_table::find(const group_key& key) const noexcept
{
    const auto& index = index_.part_of(key);
    const auto found = index.find(key);
    return found == index.end() ? none : found->second;
}

std::uint32_t group_table::find_or_add(const group_key& key)
{
    if (const std::uint32_t index = find(key); index != none)
        return index;
    auto added = std::make_unique<group>(group{key.kind, std::string(key.name), {}});
    std::uint32_t index;
    if (free_.empty()) {
        index = static_cast<std::uint32_t>(groups_.size());
        groups_.push_back(std::move(added));
    } else {
        index = free_.back();
        free_.pop_back();
        groups_[index] = std::move(added);
    }
    index_.part_of(key).emplace(groups_[index]->key(), index);
    owner_.on_group_added(key);
    return index;
}

// Takes a member out of the array; the last one moves into its place.
void group_table::remove(const membership& place)
{
    auto& members = groups_[place.group]->members;
    const std::uint32_t moved = members.back();
    members.pop_back();
    if (place.position < members.size()) {
        members[place.position] = moved;
        memberships& list = owner_.memberships_of(moved);
        const auto found = place_in(list, place.group);
        assert(found != list.end());
        found->position = place.position;
    }
    drop_if_empty(place.group);
}

void group_table::drop_if_empty(std::uint32_t index)
{
    if (!groups_[index]->members.empty())
        return;
    const std::unique_ptr<group> gone = std::move(groups_[index]);
    index_.part_of(gone->key()).erase(gone->key());
    free_.push_back(index);
    owner_.on_group_removed(gone->key());
}

} // namespace cresset::hub
