#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace cresset::hub {

// Counted by one thread, read by any.
class counter
{
public:
    void add(std::uint64_t n = 1) noexcept
    {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
    void subtract(std::uint64_t n = 1) noexcept { add(0 - n); }

    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// What one shard has seen.
struct counters
{
    counter sessions;                  // now
    counter authenticated;             // now
    counter messages_received;         // data messages, of any state of client
    counter messages_delivered;        // given to a client's connection
    counter messages_deflated;         // once for all clients that share the result
    counter dropped_slow_client;       // not queued: the client's queue was full
    counter dropped_oldest;            // gave way in a full queue
    counter dropped_superseded;        // waited, until a newer one of the same key came
    counter dropped_queue_memory;      // not queued: too much waits for all clients together
    counter dropped_gone;              // waited for a client that went
    counter dropped_no_event;          // received without an event name
    counter dropped_transform;         // the application's transform failed, or never answered
    counter dropped_before_encryption; // sent to a client that had no key yet
    counter dropped_undecryptable;     // `encrypted` of a client that is not, or not now
    counter refused_joins;             // names that a client may not join
    counter refused_users;             // of a user who had as many as one may
    counter closed_over_rate;          // sent more than they may
    counter closed_for_memory;         // the slowest, when the process had too little
    counter timed_out_authentications; // closed with 4001
    counter timed_out_heartbeats;      // closed with 4002
    counter vanished;                  // dropped: no sign of the peer or of its system
};

// The same of all shards, at about one time.
struct totals
{
    std::uint64_t sessions = 0;
    std::uint64_t authenticated = 0;
    std::uint64_t messages_received = 0;
    std::uint64_t messages_delivered = 0;
    std::uint64_t messages_deflated = 0;
    std::uint64_t dropped_slow_client = 0;
    std::uint64_t dropped_oldest = 0;
    std::uint64_t dropped_superseded = 0;
    std::uint64_t dropped_queue_memory = 0;
    std::uint64_t dropped_gone = 0;
    std::uint64_t dropped_no_event = 0;
    std::uint64_t dropped_transform = 0;
    std::uint64_t dropped_before_encryption = 0;
    std::uint64_t dropped_undecryptable = 0;
    std::uint64_t refused_joins = 0;
    std::uint64_t refused_users = 0;
    std::uint64_t closed_over_rate = 0;
    std::uint64_t closed_for_memory = 0;
    std::uint64_t timed_out_authentications = 0;
    std::uint64_t timed_out_heartbeats = 0;
    std::uint64_t vanished = 0;
    std::uint64_t dropped_in_transit = 0;      // between threads, of which one fell behind
    std::chrono::microseconds longest_turn{0}; // of all loops, waiting apart

    totals& operator+=(const counters& c) noexcept
    {
        sessions += c.sessions.value();
        authenticated += c.authenticated.value();
        messages_received += c.messages_received.value();
        messages_delivered += c.messages_delivered.value();
        messages_deflated += c.messages_deflated.value();
        dropped_slow_client += c.dropped_slow_client.value();
        dropped_oldest += c.dropped_oldest.value();
        dropped_superseded += c.dropped_superseded.value();
        dropped_queue_memory += c.dropped_queue_memory.value();
        dropped_gone += c.dropped_gone.value();
        dropped_no_event += c.dropped_no_event.value();
        dropped_transform += c.dropped_transform.value();
        dropped_before_encryption += c.dropped_before_encryption.value();
        dropped_undecryptable += c.dropped_undecryptable.value();
        refused_joins += c.refused_joins.value();
        refused_users += c.refused_users.value();
        closed_over_rate += c.closed_over_rate.value();
        closed_for_memory += c.closed_for_memory.value();
        timed_out_authentications += c.timed_out_authentications.value();
        timed_out_heartbeats += c.timed_out_heartbeats.value();
        vanished += c.vanished.value();
        return *this;
    }
};

} // namespace cresset::hub
