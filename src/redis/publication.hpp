#pragma once

#include "base/unique_function.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace cresset::redis {

// What became of one message.
enum class publish_outcome : std::uint8_t
{
    taken,      // Redis took it
    refused,    // Redis said no: an ACL, mostly
    dropped,    // it made room for newer ones, or is too large for the queue
    unconfirmed // the link was lost behind it: Redis may have taken it or not
};

// A message on its way to Redis.
struct publication
{
    std::string command; // as Redis reads it
    base::unique_function<void(publish_outcome)> then;
    bool counted = true; // or the caller's own business, and no message

    // Sharded only: where its channel belongs, and its place in the order of publishing.
    std::uint16_t slot = 0;
    std::uint64_t number = 0;
};

// What became of messages since the start, and how much waits now.
struct publish_totals
{
    std::uint64_t taken = 0;
    std::uint64_t refused = 0;
    std::uint64_t dropped = 0;
    std::uint64_t unconfirmed = 0;
    std::uint64_t queued_bytes = 0; // those under way included
};

// Counts what became of messages. From any thread.
class publish_tally
{
public:
    void count(bool counted, publish_outcome outcome) noexcept
    {
        if (counted)
            of(outcome).fetch_add(1, std::memory_order_relaxed);
    }

    // Counts it, and tells whoever wants to know, which is for the loop's thread.
    void conclude(publication& p, publish_outcome outcome)
    {
        count(p.counted, outcome);
        if (p.then)
            p.then(outcome);
    }

    publish_totals totals(std::size_t queued_bytes) const noexcept
    {
        return {.taken = at(publish_outcome::taken),
                .refused = at(publish_outcome::refused),
                .dropped = at(publish_outcome::dropped),
                .unconfirmed = at(publish_outcome::unconfirmed),
                .queued_bytes = queued_bytes};
    }

private:
    std::atomic<std::uint64_t>& of(publish_outcome outcome) noexcept
    {
        return counts_[static_cast<std::size_t>(outcome)];
    }
    std::uint64_t at(publish_outcome outcome) const noexcept
    {
        return counts_[static_cast<std::size_t>(outcome)].load(std::memory_order_relaxed);
    }

    std::array<std::atomic<std::uint64_t>, 4> counts_{};
};

} // namespace cresset::redis
