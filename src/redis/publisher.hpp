#pragma once

#include "base/unique_function.hpp"
#include "redis/link.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace cresset::redis {

// What became of one message.
enum class publish_outcome : std::uint8_t
{
    taken,      // Redis took it
    refused,    // Redis said no: an ACL, mostly
    dropped,    // it made room for newer ones, or is too large for the queue
    unconfirmed // the link was lost behind it: Redis may have taken it or not
};

// Publishes over one link: in the order of the calls of each thread, pipelined, at most once.
//
//   publish() ──> queue, bounded ──> under way, at most window_bytes ──> answered
//
// While the link is down messages wait in the queue, of which the oldest give way to newer ones.
// What was under way when a link was lost is not sent again: it might arrive twice.
class publisher final : private link::owner
{
public:
    using done = base::unique_function<void(publish_outcome)>;

    struct totals
    {
        std::uint64_t taken = 0;
        std::uint64_t refused = 0;
        std::uint64_t dropped = 0;
        std::uint64_t unconfirmed = 0;
        std::uint64_t queued_bytes = 0; // now, those under way included
    };

    class observer
    {
    public:
        virtual void on_publisher_up() = 0;
        virtual void on_publisher_down(std::string_view why) = 0;

        // Once for each link: the first message that Redis refused on it.
        virtual void on_publish_refused(std::string_view error) = 0;

        // Redis Cluster: another node serves the channel's slot (MOVED, ASK).
        virtual void on_publish_moved() {}

    protected:
        ~observer() = default;
    };

    // `command` is PUBLISH or SPUBLISH. The references outlive it.
    publisher(net::connection_set& connections, const link_settings& settings,
              server_finder& servers, observer& o, std::size_t queue_bytes_max,
              std::string_view command = "PUBLISH");

    // --- from any thread ---

    enum class accepted : std::uint8_t
    {
        handed,  // on its way
        waiting, // the link is down: it waits in the queue
        lost     // too large for the queue, or too late
    };

    // `then` is called once, on the loop's thread, unless it is lost at once. One that is not
    // counted is the caller's own business, and no message. After stop all are lost.
    accepted publish(std::string_view channel, std::string_view payload, done then = {},
                     bool counted = true);

    bool up() const noexcept { return up_.load(std::memory_order_relaxed); }
    totals counts() const noexcept;

    // --- on the loop's thread ---

    void start();
    void stop(); // then the loop has to turn once before it is destroyed
    void reconnect(std::string_view why) { link_.reconnect(why); }
    const address& server() const noexcept { return link_.server(); }

    // While held, messages wait in the queue although the link is up.
    void hold(bool on);

    // Nothing waits, and nothing is under way.
    bool idle() const;

private:
    struct waiting
    {
        std::string command;
        done then;
        bool counted;
    };

    struct under_way
    {
        std::size_t bytes; // none: a question for a sign of life
        done then;
        bool counted;
    };

    // Bytes sent to Redis that it has not answered. What is lost with a link is at most this.
    static constexpr std::size_t window_bytes = 256 * 1024;

    void on_link_up() override;
    void on_link_reply(const reply& r) override;
    void on_link_down(std::string_view why) override;
    void on_link_quiet() override;

    bool admit(waiting& message, std::deque<done>& given_way);
    void pump();
    void conclude(under_way& message, publish_outcome outcome);
    void fail_under_way();

    net::event_loop& loop_;
    const std::string command_;
    const std::size_t queue_bytes_max_;
    observer& observer_;
    link link_;
    bool held_ = false;
    bool refusal_told_ = false;
    std::deque<under_way> under_way_; // in the order in which they are answered
    std::size_t under_way_bytes_ = 0;

    mutable std::mutex mutex_;
    std::deque<waiting> queue_;   // under mutex_
    std::size_t queue_bytes_ = 0; // under mutex_
    bool pump_is_posted_ = false; // under mutex_
    bool stopped_ = false;        // changed by the loop's thread, under mutex_

    std::atomic<bool> up_{false};
    std::atomic<std::uint64_t> taken_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<std::uint64_t> unconfirmed_{0};
    std::atomic<std::uint64_t> under_way_bytes_seen_{0};
};

} // namespace cresset::redis
