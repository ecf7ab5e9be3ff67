#pragma once

#include "base/split_table.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cresset::broker {

// Counts who is interested in a channel, and tells when to subscribe to it and when to leave it
// again: at once, and a while after the last one lost interest, since they often come back.
//
// Told from any thread; asked by one.
class interest
{
public:
    // From any thread. True if `settle` has to be called: it has not been since the last true.
    bool add(std::string_view channel) { return change(channel, 1); }
    bool remove(std::string_view channel) { return change(channel, -1); }

    // --- the one thread ---

    // Takes what was told since. Calls `subscribe` with each channel that has to be subscribed to.
    template <typename Subscribe>
    void settle(std::uint64_t now_ms, Subscribe subscribe)
    {
        for (const auto& [channel, difference] : take_changes()) {
            entry& e = entries_.part_of(channel)[channel];
            e.count += difference;
            if (e.count > 0 && !std::exchange(e.subscribed, true))
                subscribe(channel);
            if (e.count == 0) {
                e.idle_since_ms = now_ms;
                idle_.push_back({channel, now_ms});
            }
        }
    }

    // Calls `unsubscribe` with each channel that nobody was interested in for the whole linger.
    template <typename Unsubscribe>
    void sweep(std::uint64_t now_ms, std::chrono::milliseconds linger, Unsubscribe unsubscribe)
    {
        const auto linger_ms = static_cast<std::uint64_t>(linger.count());
        while (!idle_.empty() && idle_.front().since_ms + linger_ms <= now_ms) {
            const idle_channel idle = std::move(idle_.front());
            idle_.pop_front();
            auto& entries = entries_.part_of(idle.channel);
            const auto found = entries.find(idle.channel);
            if (found == entries.end() || found->second.count != 0 ||
                found->second.idle_since_ms != idle.since_ms)
                continue;
            if (found->second.subscribed)
                unsubscribe(idle.channel);
            entries.erase(found);
        }
    }

    // Channels with somebody, or that linger.
    std::size_t size() const noexcept { return entries_.size(); }

private:
    // Of two threads a remove may come before its add, so a count may be under zero for a while.
    struct entry
    {
        std::int64_t count = 0;
        bool subscribed = false;
        std::uint64_t idle_since_ms = 0; // the last time that nobody was left
    };

    struct idle_channel
    {
        std::string channel;
        std::uint64_t since_ms;
    };

    using changes = boost::unordered_flat_map<std::string, std::int64_t>;

    bool change(std::string_view channel, std::int64_t difference)
    {
        const std::lock_guard lock(mutex_);
        const bool first = changes_.empty();
        changes_[std::string(channel)] += difference;
        return first;
    }

    changes take_changes()
    {
        const std::lock_guard lock(mutex_);
        return std::exchange(changes_, {});
    }

    std::mutex mutex_;
    changes changes_; // under mutex_; one that came and went stays, with nothing to change

    base::split_table<boost::unordered_flat_map<std::string, entry>> entries_;
    std::deque<idle_channel> idle_;
};

} // namespace cresset::broker
