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
    bool add(std::string_view channel)
    {
        const std::lock_guard lock(mutex_);
        added_.emplace_back(channel);
        return added_.size() == 1;
    }

    // From any thread. There is no hurry: `sweep` sees it.
    void remove(std::string_view channel)
    {
        const std::lock_guard lock(mutex_);
        removed_.emplace_back(channel);
    }

    // --- the one thread ---

    // Takes what was added since. Calls `subscribe` with each channel that has to be subscribed to.
    template <typename Subscribe>
    void settle(std::uint64_t now_ms, Subscribe subscribe)
    {
        std::vector<std::string> added;
        {
            const std::lock_guard lock(mutex_);
            added.swap(added_);
        }
        for (const std::string& channel : added) {
            entry& e = change(channel, 1, now_ms);
            if (e.count > 0 && !std::exchange(e.subscribed, true))
                subscribe(channel);
        }
    }

    // Settles, takes what was removed, and calls `unsubscribe` with each channel that nobody was
    // interested in for the whole linger. So many of both at a time, since a crowd that leaves
    // would hold up what comes in: true if there are more.
    template <typename Subscribe, typename Unsubscribe>
    bool sweep(std::uint64_t now_ms, std::chrono::milliseconds linger, std::size_t limit,
               Subscribe subscribe, Unsubscribe unsubscribe)
    {
        if (removals_.empty()) {
            const std::lock_guard lock(mutex_);
            removals_.swap(removed_);
        }
        // After that: what was added before it was removed counts first.
        settle(now_ms, subscribe);
        for (std::size_t i = 0; i < limit && !removals_.empty(); ++i) {
            change(removals_.back(), -1, now_ms);
            removals_.pop_back();
        }
        const auto linger_ms = static_cast<std::uint64_t>(linger.count());
        const auto due = [&] {
            return !idle_.empty() && idle_.front().since_ms + linger_ms <= now_ms;
        };
        for (std::size_t i = 0; i < limit && due(); ++i) {
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
        return !removals_.empty() || due();
    }

    // Channels with somebody, or that linger.
    std::size_t size() const noexcept { return entries_.size(); }

private:
    // A remove may be seen before its add, so a count may be under zero for a while.
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

    entry& change(const std::string& channel, std::int64_t difference, std::uint64_t now_ms)
    {
        entry& e = entries_.part_of(channel)[channel];
        e.count += difference;
        if (e.count == 0) {
            e.idle_since_ms = now_ms;
            idle_.push_back({channel, now_ms});
        }
        return e;
    }

    std::mutex mutex_;
    std::vector<std::string> added_;   // under mutex_
    std::vector<std::string> removed_; // under mutex_

    std::vector<std::string> removals_; // that sweep is at
    base::split_table<boost::unordered_flat_map<std::string, entry>> entries_;
    std::deque<idle_channel> idle_;
};

} // namespace cresset::broker
