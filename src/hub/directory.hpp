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
    void add(const group_key& key, unsigned shard);
    void remove(const group_key& key, unsigned shard);

    shard_set find(const group_key& key) const;

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
