#pragma once

#include "hub/options.hpp"
#include "simulation/clock.hpp"
#include "simulation/dice.hpp"
#include "simulation/node.hpp"
#include "simulation/peer.hpp"
#include "simulation/redis.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace cresset::simulation {

// A fleet with its clients, its Redis and its time, all on one thread. Nothing moves by itself:
// what happens next is chance's, or everything runs until nothing is left to do.
class world
{
public:
    struct shape
    {
        unsigned nodes = 1;
        unsigned shards = 1; // of each node
        hub::options settings;
    };

    world(const shape& of, dice& chance);
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    // A client that has just been upgraded, with the address 10.0.x.y for its number x * 256 + y.
    // A small buffer holds a few frames that the client has not read.
    peer& connect(unsigned node, unsigned shard, int buffer_bytes, std::string_view rest = {});

    // So many things happen, whichever.
    void stir(std::size_t steps);

    // Everything happens that can without time passing.
    void settle();

    // Time passes without anybody noticing, or as it does.
    void lag(std::uint64_t ms) noexcept { time_.advance(ms); }
    void pass(std::uint64_t ms);

    // Nothing is left of any client.
    void require_empty();

    const clock& time() const noexcept { return time_; }
    redis& bus() noexcept { return bus_; }
    unsigned nodes() const noexcept { return static_cast<unsigned>(nodes_.size()); }
    node& at(unsigned i) noexcept { return *nodes_[i]; }
    peer& client(std::size_t i) noexcept { return *peers_[i]; }
    std::size_t clients() const noexcept { return peers_.size(); }

private:
    bool turn_all();

    dice& chance_;
    clock time_;
    redis bus_; // outlives the nodes
    std::vector<std::unique_ptr<peer>> peers_;
    std::vector<std::unique_ptr<node>> nodes_;
};

} // namespace cresset::simulation
