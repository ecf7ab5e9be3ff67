#pragma once

#include "protocol/node_message.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace cresset::broker {

// Where the messages of a target meet in Redis (PROTOCOL.md, section 2): "ws:room:lobby".
std::string channel_of(std::string_view prefix, protocol::target_kind kind,
                       std::string_view target);

// Of the reference's way to subscribe: every room, client and user of the fleet.
std::string pattern_of(std::string_view prefix, protocol::target_kind kind);

// With sharded Pub/Sub: one of a fixed number of channels, spread over the masters of a cluster.
std::string partition_of(std::string_view prefix, std::size_t partitions,
                         protocol::target_kind kind, std::string_view target);

} // namespace cresset::broker
