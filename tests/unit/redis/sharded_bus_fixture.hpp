#pragma once

#include "net/connection_set.hpp"
#include "redis/bus.hpp"
#include "redis/cluster_watch.hpp"
#include "support/loop_thread.hpp"
#include "support/redis_cluster.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace cresset::redis {

using tests::redis_cluster;
using tests::redis_cluster_node;
using tests::wait_until;

inline constexpr std::size_t partitions = 48;

inline std::string channel_of(std::size_t partition)
{
    return "ws:shard:" + std::to_string(partition);
}

inline std::uint16_t slot_of_partition(std::size_t partition)
{
    return slot_of(channel_of(partition));
}

// A bus with a loop of its own, and what it hears: numbers, by partition and sender.
class node final : private bus::observer
{
public:
    node(redis_cluster& cluster, bus_kind kind) : connections_(thread_.loop())
    {
        options how;
        how.where.kind = topology::cluster;
        for (const auto& n : cluster.nodes())
            how.where.addresses.push_back(n->where());
        bus_ = make_bus(kind, connections_, how, *this);
        thread_.start();
        thread_.run([&] {
            for (std::size_t i = 0; kind == bus_kind::sharded && i < partitions; ++i)
                bus_->want(channel_of(i), subscription_kind::shard);
            bus_->start();
        });
        wait_until("a bus is complete", [this] { return complete(); });
    }

    ~node()
    {
        stop();
        thread_.stop();
    }

    void stop()
    {
        thread_.run([this] { bus_->stop(); });
    }

    bool complete()
    {
        return thread_.run([this] { return bus_->complete(); });
    }
    // Returns when all that is wanted is confirmed.
    void want(const std::string& channel)
    {
        tests::event confirmed;
        thread_.run([&] {
            bus_->want(channel, subscription_kind::shard);
            bus_->when_confirmed([&] { confirmed.set(); });
        });
        EXPECT_TRUE(confirmed.wait());
    }
    void hold(bool on)
    {
        thread_.run([&] { bus_->hold(on); });
    }
    void reconnect()
    {
        thread_.run([&] { bus_->reconnect("a test"); });
    }
    publisher::totals counts() const { return bus_->counts(); }
    std::uint64_t failures() const
    {
        return counts().refused + counts().dropped + counts().unconfirmed;
    }

    publisher::accepted publish(std::size_t partition, const std::string& sender, int number,
                                publisher::done then = {})
    {
        return bus_->publish(channel_of(partition), sender + ' ' + std::to_string(number),
                             std::move(then));
    }

    std::vector<int> heard(std::size_t partition, const std::string& sender)
    {
        const std::lock_guard lock(mutex_);
        return heard_[{channel_of(partition), sender}];
    }

    // This one or one behind it.
    bool has_heard(std::size_t partition, const std::string& sender, int number)
    {
        const std::lock_guard lock(mutex_);
        const std::vector<int>& numbers = heard_[{channel_of(partition), sender}];
        return number < 0 || (!numbers.empty() && numbers.back() >= number);
    }

private:
    void on_message(std::string_view channel, std::string_view payload) override
    {
        const std::size_t space = payload.find(' ');
        const std::lock_guard lock(mutex_);
        heard_[{std::string(channel), std::string(payload.substr(0, space))}].push_back(
            std::stoi(std::string(payload.substr(space + 1))));
    }
    void on_refused(std::string_view what, std::string_view error) override
    {
        ADD_FAILURE() << what << ": " << error;
    }
    void on_change(std::string_view) override {}

    std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, std::vector<int>> heard_; // under mutex_
    tests::loop_thread thread_;
    net::connection_set connections_;
    std::unique_ptr<redis::bus> bus_;
};

// Publishes a round after the other, one message to each partition, on a thread of its own.
class flow
{
public:
    static constexpr std::chrono::milliseconds interval{20};

    flow(node& from, std::string sender) : from_(from), sender_(std::move(sender))
    {
        thread_ = std::thread([this] {
            for (auto next = std::chrono::steady_clock::now(); !stopped_; ++rounds_) {
                for (std::size_t partition = 0; partition < partitions; ++partition)
                    from_.publish(partition, sender_, rounds_);
                std::this_thread::sleep_until(next += interval);
            }
        });
    }
    ~flow() { stop(); }

    const std::string& sender() const { return sender_; }
    int rounds() const { return rounds_; }

    void wait_for_rounds(int more)
    {
        const int until = rounds_ + more;
        wait_until("messages flow", [&] { return rounds_ >= until; });
    }

    // Returns when another node has heard the last message of each partition, which comes after
    // all that there were.
    void end(node& at)
    {
        stop();
        for (std::size_t partition = 0; partition < partitions; ++partition)
            from_.publish(partition, sender_, rounds_);
        for (std::size_t partition = 0; partition < partitions; ++partition)
            wait_until("the end is heard",
                       [&] { return at.has_heard(partition, sender_, rounds_); });
    }

private:
    void stop()
    {
        stopped_ = true;
        if (thread_.joinable())
            thread_.join();
    }

    node& from_;
    const std::string sender_;
    std::atomic<bool> stopped_{false};
    std::atomic<int> rounds_{0};
    std::thread thread_;
};

// Nothing came twice or late. Returns how much of it, from one number on, never came.
inline std::size_t missing(node& at, const flow& of, int from = 0)
{
    std::size_t count = 0;
    for (std::size_t partition = 0; partition < partitions; ++partition) {
        const std::vector<int> numbers = at.heard(partition, of.sender());
        const auto wrong = std::ranges::adjacent_find(numbers, std::greater_equal{});
        EXPECT_TRUE(wrong == numbers.end())
            << of.sender() << ": " << *wrong << " and then " << *(wrong + 1);
        count += static_cast<std::size_t>(of.rounds() + 1 - from) -
                 static_cast<std::size_t>(
                     std::ranges::count_if(numbers, [&](int number) { return number >= from; }));
    }
    return count;
}

// All tests share the cluster, and leave it whole.
class sharded_bus_test : public testing::Test
{
protected:
    static void SetUpTestSuite() { cluster_ = std::make_unique<redis_cluster>(); }
    static void TearDownTestSuite() { cluster_ = nullptr; }

    static redis_cluster& cluster() { return *cluster_; }

    // The replica of a partition's master takes over; then the partition delivers again.
    static void take_over(
        std::size_t partition, node& at, flow& of,
        const std::function<void(redis_cluster_node& master, redis_cluster_node& replica)>& begin)
    {
        redis_cluster_node& old = cluster().master_of(slot_of_partition(partition));
        redis_cluster_node& next = cluster().replica_of(old);
        begin(old, next);
        wait_until("the replica is master", [&] { return next.says({"ROLE"}, "master"); });
        const auto began = std::chrono::steady_clock::now();
        const int number = of.rounds() + 1;
        wait_until("it delivers", [&] { return at.has_heard(partition, of.sender(), number); });
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
    }

private:
    static inline std::unique_ptr<redis_cluster> cluster_;
};

} // namespace cresset::redis
