#pragma once

#include "base/client_id.hpp"
#include "hub/group.hpp"

#include <atomic>
#include <cresset/slow_client.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cresset::hub {

// An event as text: what a transform is given. Shared by all the clients that it goes to.
struct event_text
{
    std::string event;
    std::string data; // raw JSON, empty if absent
};

using shared_text = std::shared_ptr<const event_text>;

// One message to a group, made once and shared by the shards that deliver it: never changes.
struct delivery
{
    group_kind kind;
    std::string name;  // of the room or user
    std::string frame; // the whole frame, header included
    shared_text text;  // only where the application transforms messages
    std::vector<base::client_id> exclude;

    // For clients that are slow. Messages with the same key replace each other; an empty one is
    // none.
    slow_client_policy policy = slow_client_policy::drop_newest;
    std::string replace_key = {};

    group_key key() const noexcept { return {kind, name}; }
};

using client_ids = std::vector<base::client_id>;
using shared_delivery = std::shared_ptr<const delivery>;

// Bytes of messages on their way from one thread to another. Bounds what a thread that sends
// faster than the shards deliver can pile up in their mailboxes.
class transit
{
public:
    static constexpr std::size_t bytes_max = 64 * 1024 * 1024;

    // Counts the bytes for as long as the ticket lives; an empty ticket if they are too many.
    class ticket
    {
    public:
        ticket() noexcept = default;
        ticket(transit& of, std::size_t bytes) noexcept : of_(&of), bytes_(bytes) {}
        ticket(ticket&& other) noexcept
            : of_(std::exchange(other.of_, nullptr)), bytes_(other.bytes_)
        {}
        ticket& operator=(ticket&&) = delete;
        ~ticket()
        {
            if (of_)
                of_->bytes_.fetch_sub(bytes_, std::memory_order_relaxed);
        }

        explicit operator bool() const noexcept { return of_ != nullptr; }

    private:
        transit* of_ = nullptr;
        std::size_t bytes_ = 0;
    };

    ticket enter(std::size_t bytes) noexcept
    {
        if (bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= bytes_max) {
            if (dropping_.load(std::memory_order_relaxed))
                dropping_.store(false, std::memory_order_relaxed);
            return {*this, bytes};
        }
        bytes_.fetch_sub(bytes, std::memory_order_relaxed);
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return {};
    }

    // Messages that found no room, once for each shard that they were for.
    std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

    // True for the first of those that are dropped one after the other.
    bool begins_to_drop() noexcept { return !dropping_.exchange(true, std::memory_order_relaxed); }

private:
    std::atomic<std::size_t> bytes_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<bool> dropping_{false};
};

} // namespace cresset::hub
