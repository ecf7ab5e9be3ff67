#pragma once

#include "broker/broker.hpp"
#include "support/waiting.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cresset::tests {

using interest = std::pair<broker::target_kind, std::string>;

// A broker that leads nowhere, and knows what its node has somebody for.
class recording_broker final : public broker::broker
{
public:
    using counts = std::map<interest, int>;

    // Adds less removes, where they are not equal.
    counts interests() const
    {
        const std::lock_guard lock(mutex_);
        return counts_;
    }
    int interest_in(cresset::broker::target_kind kind, const std::string& name) const
    {
        const counts all = interests();
        const auto found = all.find({kind, name});
        return found == all.end() ? 0 : found->second;
    }

    // Called with each add; set before clients come.
    std::function<void(cresset::broker::target_kind, std::string_view)> on_add =
        [](cresset::broker::target_kind, std::string_view) {};

    // From then on, who waits for the others to know does so until settle.
    void settle_late() { late_ = true; }
    void settle()
    {
        std::vector<base::unique_function<void()>> waiting;
        {
            const std::lock_guard lock(mutex_);
            waiting.swap(waiting_);
        }
        for (auto& then : waiting)
            then();
    }

    // Returns when so many wait.
    void wait_for_waiting(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(waits_.wait_for(lock, time_limit, [&] { return waiting_.size() >= count; }));
        EXPECT_EQ(waiting_.size(), count);
    }

    // What publishing gives.
    cresset::broker::publish_status status = cresset::broker::publish_status::no_others;

private:
    void attach(cresset::broker::node&) override {}
    void detach(cresset::broker::node&) override {}
    cresset::broker::publish_status publish(const cresset::broker::node_message&) override
    {
        return status;
    }
    void add_interest(cresset::broker::target_kind kind, std::string_view name) override
    {
        on_add(kind, name);
        change(kind, name, 1);
    }
    void remove_interest(cresset::broker::target_kind kind, std::string_view name) override
    {
        change(kind, name, -1);
    }

    void when_settled(base::unique_function<void()> then) override
    {
        if (!late_) {
            then();
            return;
        }
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(then));
        waits_.notify_all();
    }

    void change(cresset::broker::target_kind kind, std::string_view name, int by)
    {
        const std::lock_guard lock(mutex_);
        const auto at = counts_.try_emplace({kind, std::string(name)}).first;
        at->second += by;
        if (at->second == 0)
            counts_.erase(at);
    }

    mutable std::mutex mutex_;
    counts counts_; // under mutex_
    std::atomic<bool> late_{false};
    std::condition_variable waits_;
    std::vector<base::unique_function<void()>> waiting_; // under mutex_
};

} // namespace cresset::tests
