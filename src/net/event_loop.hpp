#pragma once

#include "base/clock.hpp"
#include "net/mailbox.hpp"
#include "net/timer_wheel.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <sys/epoll.h>
#include <thread>
#include <vector>

namespace cresset::net {

// Something with a descriptor that the loop watches.
class event_source
{
public:
    // What epoll_wait reported, EPOLLIN and so on. May remove any source from the loop, itself
    // included, but must destroy none in this turn: its event may be next.
    virtual void on_events(std::uint32_t events) = 0;

protected:
    ~event_source() = default;
};

// Work that waits for the end of the turn, so that a turn's worth of it is done at once.
class turn_end
{
public:
    // Returns true if there is more to do at once: the next turn then doesn't wait for events.
    virtual bool on_turn_end() = 0;

protected:
    ~turn_end() = default;
};

// The loop of one thread, over epoll (level-triggered). A turn is: wait, dispatch what is ready,
// run what other threads posted, fire timers, then the ends of the turn in the order they were
// added.
//
// All but post and stop belong to the thread that calls run, or to anyone before run is called.
class event_loop
{
public:
    // The wheel's resolution. Timers fire up to this much late.
    static constexpr std::chrono::milliseconds tick{4};

    // The time source outlives it.
    explicit event_loop(const base::time_source& time = base::real_time());
    ~event_loop();
    event_loop(const event_loop&) = delete;
    event_loop& operator=(const event_loop&) = delete;

    // Until stop. Throws std::system_error if epoll fails, which is a mistake of ours.
    void run();

    // One turn that waits for nothing, for who runs several loops on one thread, which is each
    // one's for the length of its turn. True if there was or is something to do. SIGPIPE is the
    // caller's to block, where a connection speaks TLS.
    bool turn();

    // How long the next turn of run waits for events: 0 for not at all, -1 for as long as it takes.
    int wait_ms() const noexcept;

    // From any thread; what has been posted before still runs.
    void stop();

    // From any thread: runs t on the loop's thread, in a coming turn. Another loop's thread that
    // posts wakes this one when it has heard all of its own turn, and must not wait for it.
    void post(task t) { mailbox_.post(std::move(t)); }

    bool in_loop_thread() const noexcept
    {
        return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
    }

    void add(int descriptor, event_source& source, std::uint32_t events);
    void modify(int descriptor, event_source& source, std::uint32_t events);
    void remove(int descriptor) noexcept;

    void add(turn_end& end) { turn_ends_.push_back(&end); }

    // The same, but before those that are there already.
    void add_first(turn_end& end) { turn_ends_.insert(turn_ends_.begin(), &end); }

    // The next turn doesn't wait for events: what is asked for at the end of this one is left to
    // it.
    void go_on() noexcept { busy_ = true; }

    void arm(timer& t, std::chrono::milliseconds delay) noexcept;

    // When this turn began, steady; milliseconds since the loop was made.
    std::uint64_t now_ms() const noexcept { return now_ms_; }

    // The same, but now, and from any thread.
    std::uint64_t elapsed_ms() const noexcept;

    // The longest that a turn has taken, waiting apart: nothing else is heard meanwhile. From any
    // thread.
    std::chrono::microseconds longest_turn() const noexcept
    {
        return longest_turn_.load(std::memory_order_relaxed);
    }

private:
    bool take_turn(int timeout_ms, owed_wake_ups& owed);
    void hear(std::span<const epoll_event> ready);
    void end_turn();
    void update_now() noexcept;
    void note_turn() noexcept;

    const base::time_source& time_;
    int epoll_;
    mailbox mailbox_;
    base::steady_time start_;
    base::steady_time turn_began_;
    std::uint64_t now_ms_ = 0; // of turn_began_
    bool busy_ = false;        // the next turn doesn't wait
    timer_wheel timers_;
    std::vector<turn_end*> turn_ends_;
    bool stopping_ = false;
    std::atomic<std::thread::id> thread_{};
    std::atomic<std::chrono::microseconds> longest_turn_{std::chrono::microseconds(0)};
};

} // namespace cresset::net
