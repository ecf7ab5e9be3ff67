#pragma once

#include "redis/pipeline.hpp"
#include "redis/publication.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string_view>
#include <vector>

namespace cresset::redis {

// Publishes over one link: in the order of the calls of each thread, pipelined, at most once.
//
//   publish() ──> queue, bounded ──> under way, at most a window ──> answered
//
// While the link is down messages wait in the queue, of which the oldest give way to newer ones.
// What was under way when a link was lost is not sent again: it might arrive twice.
class publisher final : private pipeline::owner
{
public:
    using done = base::unique_function<void(publish_outcome)>;
    using totals = publish_totals;

    class observer
    {
    public:
        virtual void on_publisher_up() = 0;
        virtual void on_publisher_down(std::string_view why) = 0;

        // Once for each link: the first message that Redis refused on it.
        virtual void on_publish_refused(std::string_view error) = 0;

    protected:
        ~observer() = default;
    };

    // The references outlive it.
    publisher(net::connection_set& connections, const link_settings& settings,
              server_finder& servers, observer& o, std::size_t queue_bytes_max);

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
    void reconnect(std::string_view why) { pipeline_.reconnect(why); }
    const address& server() const noexcept { return pipeline_.server(); }

    // While held, messages wait in the queue although the link is up.
    void hold(bool on);

    // Nothing waits, and nothing is under way.
    bool idle() const;

private:
    void on_pipeline_up() override;
    void on_pipeline_room() override { pump(); }
    void on_pipeline_down(std::string_view why) override;
    void on_taken(publication& p) override { tally_.conclude(p, publish_outcome::taken); }
    void on_refused(publication& p, std::string_view error) override;
    void on_unconfirmed(publication& p) override;

    bool admit(publication& message, std::vector<done>& given_way);
    void pump();

    net::event_loop& loop_;
    const std::size_t queue_bytes_max_;
    observer& observer_;
    pipeline pipeline_;
    publish_tally tally_;
    bool held_ = false;
    bool refusal_told_ = false;

    mutable std::mutex mutex_;
    std::deque<publication> queue_; // under mutex_
    std::size_t queue_bytes_ = 0;   // under mutex_
    bool pump_is_posted_ = false;   // under mutex_
    bool stopped_ = false;          // changed by the loop's thread, under mutex_

    std::atomic<bool> up_{false};
};

} // namespace cresset::redis
