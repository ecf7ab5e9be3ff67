#pragma once

#include "hub/group.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace cresset::hub {

// One bit a shard.
using shard_set = std::uint64_t;
inline constexpr unsigned shards_max = 64;

// Which shards have members of a room or sessions of a user, so that a message is posted only to
// those. Changed when a group of a shard comes to be or goes, read once a message; from any thread.
class directory
{
public:
    // True if that changes something.
    bool add(const group_key& key, unsigned shard);
    bool remove(const group_key& key, unsigned shard);

    shard_set find(const group_key& key) const;

    // Calls f(key, shards) for each name. Only when no other thread calls any more.
    template <typename Function>
    void for_each(Function f) const
    {
        for (const stripe& s : stripes_) {
            for (const auto& [name, shards] : s.rooms)
                f(group_key{group_kind::room, name}, shards);
            for (const auto& [name, shards] : s.users)
                f(group_key{group_kind::user, name}, shards);
        }
    }

private:
    // A lock for a share of the names, so that shards rarely meet at one.
    struct stripe
    {
        mutable std::mutex mutex;
        boost::unordered_flat_map<std::string, shard_set> rooms;
        boost::unordered_flat_map<std::string, shard_set> users;
    };

    static constexpr std::size_t stripes = 16;

    stripe& stripe_of(const group_key& key) const noexcept;

    mutable std::array<stripe, stripes> stripes_;
};

} // namespace cresset::hub
