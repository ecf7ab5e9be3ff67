#pragma once

#include "protocol/node_message.hpp"

#include <cresset/redis.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace cresset::broker {

// Where the nodes of a fleet meet in Redis (PROTOCOL.md, section 2):
//
//   ws:broadcast   ws:room:{room}   ws:client:{clientId}   ws:user:{userId}
//
// or with sharded Pub/Sub on a fixed number of channels, spread over the masters of a cluster:
//
//   ws:shard:broadcast   ws:shard:{0, 1, ...}
//
// Every node of a fleet comes to the same names.
class channel_names
{
public:
    channel_names() = default;
    explicit channel_names(const redis_options& options)
        : prefix_(options.prefix), partitions_(options.sharded ? options.partitions : 0)
    {}

    std::string of(protocol::target_kind kind, std::string_view target) const;

    // Of the reference's way to subscribe: every room, client or user of the fleet.
    std::string pattern_of(protocol::target_kind kind) const;

    // A channel that only one node knows of.
    std::string probe(std::string_view id) const;

    bool sharded() const noexcept { return partitions_ != 0; }

private:
    std::string prefix_ = "ws:";
    std::size_t partitions_ = 0; // none: a channel for each name
};

} // namespace cresset::broker
