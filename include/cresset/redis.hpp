#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace cresset {

// Which channels a node subscribes to.
enum class redis_subscribe : std::uint8_t
{
    exact,   // those of the rooms, clients and users that it holds
    pattern, // all rooms, clients and users of the fleet, as the reference does
};

// How nodes and emitters reach Redis, where a fleet meets.
struct redis_options
{
    // Where Redis is; empty: this server is alone.
    //
    //   redis://[[user]:password@]host[:port][/database]
    //   redis+sentinel://[[user]:password@]host[:port][,host[:port]]...[/master-name[/database]]
    //   redis+cluster://[[user]:password@]host[:port][,host[:port]]...
    //
    // and rediss, rediss+sentinel, rediss+cluster over TLS. User and password percent-encoded. The
    // sentinels themselves are asked without a password.
    std::string url = {};

    // PEM files for TLS: who may have signed the server's certificate (empty: whom the system
    // trusts), and a certificate and key of our own, for a server that asks for one.
    std::string ca_file = {};
    std::string cert_file = {};
    std::string key_file = {};

    // Before the name of every channel. All of a fleet use the same one; the reference knows "ws:".
    std::string prefix = "ws:";

    // For one try to connect, the greeting included.
    std::chrono::milliseconds connect_timeout{2'000};

    // How long start waits for Redis before it gives up. Later it waits for ever.
    std::chrono::milliseconds ready_timeout{30'000};

    // Bytes that may wait to be published, while Redis is away or slow. The oldest message gives
    // way to the newest, and is counted.
    std::size_t queue_limit = 16 * 1024 * 1024;

    redis_subscribe subscribe = redis_subscribe::exact;

    // A channel that nobody needs any more stays subscribed for this long: many come back soon.
    std::chrono::milliseconds linger{3'000};

    // Sharded Pub/Sub (Redis Cluster of version 7 or newer), which spreads messages over the
    // masters: on so many channels, the same number on every node. What goes to different rooms,
    // users or clients may overtake each other. Only between nodes of Cresset: servers of the
    // reference, and their emitters, hear nothing of it.
    bool sharded = false;
    std::size_t partitions = 256;
};

} // namespace cresset
