#pragma once

#include "base/log.hpp"
#include "broker/broker.hpp"
#include "broker/channels.hpp"
#include "broker/interest.hpp"
#include "net/connection_set.hpp"
#include "net/event_loop.hpp"
#include "protocol/node_message_reader.hpp"
#include "redis/bus.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cresset::broker {

struct redis_broker_options
{
    redis::options redis;

    channel_names channels;

    // How long start waits for Redis.
    std::chrono::milliseconds ready_timeout{30'000};

    // Subscribe to what the node holds, or to all rooms, clients and users, as the reference does.
    bool exact = true;

    // A channel that nobody is interested in any more stays subscribed for so long.
    std::chrono::milliseconds linger{3'000};
};

// Joins nodes by Redis Pub/Sub, with the reference's servers and emitters among them (PROTOCOL.md,
// section 2). One node's.
//
// Has a thread and a loop of its own, which never waits for the shards, so that Redis is always
// read from. While Redis is away, what is published waits in a bounded queue; what others publish
// meanwhile is lost, as Redis keeps nothing.
class redis_broker final : public broker, private redis::bus::observer, private net::timer
{
public:
    // Throws option_error for options that can't work. The log outlives it.
    redis_broker(redis_broker_options options, base::log& log);
    ~redis_broker() override;

    void start() override;
    void stop() noexcept override;
    bool ready() const noexcept override { return ready_.load(std::memory_order_relaxed); }

    void attach(cresset::broker::node& n) override;
    void detach(cresset::broker::node& n) override;
    publish_status publish(const node_message& message) override;
    void add_interest(target_kind kind, std::string_view name) override;
    void remove_interest(target_kind kind, std::string_view name) override;
    void when_settled(net::task then) override;

    broker_counts counts() const override;

private:
    // --- on the loop's thread ---
    void begin();
    void on_message(std::string_view channel, std::string_view payload) override;
    void on_refused(std::string_view what, std::string_view error) override;
    void on_change(std::string_view why) override;
    void on_timer() override;

    void come_up();
    void go_down(std::string_view why);
    void hold_while_away();
    void settle_interest();
    void sweep_interest();
    void await_settled(std::uint64_t since_ms, net::task then);
    void tell_settled(std::uint64_t up_to);
    void tell_overdue();
    void probe();
    void drop_invalid(std::string_view channel, std::string_view why);
    redis::subscription_kind subscription() const noexcept;

    const redis_broker_options options_;
    base::log& log_;
    net::event_loop loop_;
    net::connection_set connections_;
    std::unique_ptr<redis::bus> bus_;
    std::thread thread_;

    // Those who wait for Redis to confirm subscriptions, the oldest first.
    struct waiter
    {
        std::uint64_t since_ms;
        net::task then;
    };

    interest interest_;
    bool sweep_is_posted_ = false;
    std::deque<waiter> waiting_;
    std::uint64_t waiting_told_ = 0; // ever: the number of the first that waits is one more
    bool slow_told_ = false;         // in the log
    protocol::node_message_reader reader_;

    // A message through Redis to ourselves: shows that it carries any.
    const std::string probe_channel_;
    bool probes_ = true;              // unless Redis refuses them
    std::uint64_t probe_sent_ms_ = 0; // the oldest that has not come back; 0: none is on its way
    std::uint64_t probed_ms_ = 0;     // the last one sent

    bool was_up_ = false;    // ever
    bool told_down_ = false; // in the log
    std::uint64_t down_since_ms_ = 0;
    bool held_ = false;            // what is published waits, since an outage
    std::uint64_t release_ms_ = 0; // until when, once it can go
    std::uint64_t invalid_told_ms_ = 0;

    std::atomic<bool> ready_{false};
    std::atomic<std::uint64_t> received_{0};
    std::atomic<std::uint64_t> own_{0};
    std::atomic<std::uint64_t> invalid_{0};
    std::atomic<std::uint64_t> outages_{0};
    std::atomic<std::uint64_t> outage_ms_{0};
    std::atomic<std::uint64_t> channels_{0};

    std::mutex node_mutex_;
    cresset::broker::node* node_ = nullptr; // under node_mutex_, which is held while it is called

    std::mutex start_mutex_;
    std::condition_variable started_;
    bool once_ready_ = false; // under start_mutex_
    bool stopping_ = false;   // under start_mutex_
};

} // namespace cresset::broker
