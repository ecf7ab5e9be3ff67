#pragma once

#include "redis/link.hpp"
#include "redis/publication.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace cresset::redis {

// Messages on their way over one link: as many as the window takes, answered in order, each told to
// its owner once. On its loop's thread, but for what says otherwise.
class pipeline final : private link::owner
{
public:
    class owner
    {
    public:
        // It has room, or has room again after it was full.
        virtual void on_pipeline_up() = 0;
        virtual void on_pipeline_room() = 0;

        // What was under way has been told before.
        virtual void on_pipeline_down(std::string_view why) = 0;

        // What became of a message: Redis took it, Redis said no, or the link was lost behind it.
        virtual void on_taken(publication& p) = 0;
        virtual void on_refused(publication& p, std::string_view error) = 0;
        virtual void on_unconfirmed(publication& p) = 0;

    protected:
        ~owner() = default;
    };

    // The references outlive it.
    pipeline(net::connection_set& connections, const link_settings& settings,
             server_finder& servers, owner& o);

    void start() { link_.start(); }

    // What is under way is told; otherwise the owner is called no more. Then the loop has to turn
    // once before it is destroyed.
    void stop();
    void reconnect(std::string_view why) { link_.reconnect(why); }

    bool up() const noexcept { return link_.up(); }
    const address& server() const noexcept { return link_.server(); }
    bool idle() const noexcept { return bytes_ == 0; }

    // What it takes, in bytes; none while the link is down or Redis answers nothing. The last
    // message may be larger.
    std::size_t room() const noexcept;

    // While it has room. All of a batch leave in one piece, with flush.
    void add(publication p);
    void flush();

    // Under way, also for other threads.
    std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }

private:
    // Bytes sent to Redis that it has not answered. What is lost with a link is at most this, and
    // little where Redis stands still: after so long without an answer it is given no more.
    static constexpr std::size_t window_bytes = 256 * 1024;
    static constexpr std::uint64_t patience_ms = 100;

    void on_link_up() override;
    void on_link_reply(const reply& r) override;
    void on_link_down(std::string_view why) override;
    void on_link_quiet() override;

    void fail_under_way();

    net::event_loop& loop_;
    owner& owner_;
    link link_;
    bool stopped_ = false;
    std::string batch_;

    // In the order in which they are answered. A question for a sign of life has no command.
    std::deque<publication> under_way_;
    std::atomic<std::size_t> bytes_{0}; // of them; changed by the loop's thread alone
    std::uint64_t waits_since_ms_ = 0;  // for the next answer, with something under way
};

} // namespace cresset::redis
