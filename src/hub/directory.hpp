#pragma once

#include "broker/broker.hpp"
#include "hub/group.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::hub {

// What a group that is not everyone's is to other nodes.
constexpr broker::target_kind target_of(group_kind kind) noexcept
{
    return kind == group_kind::user ? broker::target_kind::user : broker::target_kind::room;
}

// One bit a shard.
using shard_set = std::uint64_t;
inline constexpr unsigned shards_max = 64;

// Which shards have members of a room or sessions of a user, or expect them, so that a message is
// posted only to those. Changed when a group of a shard comes to be or goes, read once a message;
// from any thread.
//
// Also tells the other nodes, as long as it holds the name's lock: who finds that a name is there
// already knows that they have been told of it.
class directory
{
public:
    // Outlives it.
    explicit directory(broker::broker& nodes) noexcept : nodes_(nodes) {}

    // All that change something say whether find now tells something else of the shard.

    // The shard has somebody, or nobody any more.
    bool add(const group_key& key, unsigned shard);
    bool remove(const group_key& key, unsigned shard);

    // Somebody is on the way into a room of the shard, and then has come, or will not. Meanwhile
    // the shard is found, whoever leaves.
    bool expect(std::string_view room, unsigned shard);
    bool arrive(std::string_view room, unsigned shard, bool has_members);

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
        boost::unordered_flat_map<std::string, std::vector<unsigned>> expected; // rooms; few
    };

    static constexpr std::size_t stripes = 16;

    stripe& stripe_of(const group_key& key) const noexcept;

    // With the stripe's lock held.
    bool add_to(stripe& s, const group_key& key, unsigned shard);
    bool remove_from(stripe& s, const group_key& key, unsigned shard);

    broker::broker& nodes_;
    mutable std::array<stripe, stripes> stripes_;
};

} // namespace cresset::hub
