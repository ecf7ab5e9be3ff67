#include "net/event_loop.hpp"

#include "base/system_error.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <pthread.h>
#include <unistd.h>

namespace cresset::net {
namespace {

// Ready sources taken in one turn; the others are reported again in the next.
constexpr int events_a_turn_max = 512;

// A turn begins later than that only where the process was stopped, or the machine was.
constexpr std::uint64_t late_ms = 1'000;

void control(int epoll, int operation, int descriptor, event_source* source, std::uint32_t events)
{
    epoll_event event{};
    event.events = events;
    event.data.ptr = source;
    if (epoll_ctl(epoll, operation, descriptor, &event) != 0)
        base::throw_errno("epoll_ctl");
}

// OpenSSL writes to sockets as to files: a peer that is gone would end the process.
class broken_pipes_blocked
{
public:
    broken_pipes_blocked() noexcept
    {
        sigemptyset(&broken_pipe_);
        sigaddset(&broken_pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &broken_pipe_, &before_);
    }
    ~broken_pipes_blocked()
    {
        // One that waits would end the process as soon as it may.
        const timespec at_once{};
        if (sigismember(&before_, SIGPIPE) == 0)
            while (sigtimedwait(&broken_pipe_, nullptr, &at_once) == SIGPIPE) {
            }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    broken_pipes_blocked(const broken_pipes_blocked&) = delete;
    broken_pipes_blocked& operator=(const broken_pipes_blocked&) = delete;

private:
    sigset_t broken_pipe_;
    sigset_t before_;
};

std::uint64_t ms_between(base::steady_time from, base::steady_time to) noexcept
{
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count());
}

} // namespace

event_loop::event_loop(const base::time_source& time)
    : time_(time), epoll_(epoll_create1(EPOLL_CLOEXEC)), start_(time.now())
{
    if (epoll_ < 0)
        base::throw_errno("epoll_create1");
    control(epoll_, EPOLL_CTL_ADD, mailbox_.descriptor(), nullptr, EPOLLIN);
}

event_loop::~event_loop()
{
    ::close(epoll_);
}

void event_loop::run()
{
    thread_ = std::this_thread::get_id();
    stopping_ = false;
    update_now();
    const broken_pipes_blocked while_it_runs;
    owed_wake_ups owed;
    busy_ = false;
    while (!stopping_)
        take_turn(wait_ms(), owed);
    thread_ = std::thread::id{};
}

bool event_loop::turn()
{
    thread_ = std::this_thread::get_id();
    owed_wake_ups owed;
    const bool heard = take_turn(0, owed);
    thread_ = std::thread::id{};
    return heard || busy_;
}

// False if there were no events.
bool event_loop::take_turn(int timeout_ms, owed_wake_ups& owed)
{
    std::array<epoll_event, events_a_turn_max> events;
    const int ready = epoll_wait(epoll_, events.data(), events_a_turn_max, timeout_ms);
    if (ready < 0 && errno != EINTR)
        base::throw_errno("epoll_wait");
    const std::uint64_t meant_ms = now_ms_ + static_cast<std::uint64_t>(std::max(timeout_ms, 0));
    update_now();
    hear(std::span(events).first(static_cast<std::size_t>(std::max(ready, 0))));
    // What clients said while this thread stood still may not be among that, and is heard before a
    // timer takes them for silent.
    if (now_ms_ > meant_ms + late_ms) {
        const int more = epoll_wait(epoll_, events.data(), events_a_turn_max, 0);
        hear(std::span(events).first(static_cast<std::size_t>(std::max(more, 0))));
    }
    timers_.advance(now_ms_ / static_cast<std::uint64_t>(tick.count()));
    owed.pay(); // others can begin while this thread writes
    end_turn();
    owed.pay();
    note_turn();
    return ready > 0;
}

void event_loop::hear(std::span<const epoll_event> ready)
{
    bool mail = false;
    for (const epoll_event& event : ready) {
        if (event.data.ptr)
            static_cast<event_source*>(event.data.ptr)->on_events(event.events);
        else
            mail = true;
    }
    if (mail)
        mailbox_.run();
}

void event_loop::end_turn()
{
    busy_ = false;
    for (turn_end* end : turn_ends_)
        busy_ |= end->on_turn_end();
}

void event_loop::note_turn() noexcept
{
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(time_.now() - turn_began_);
    if (took > longest_turn())
        longest_turn_.store(took, std::memory_order_relaxed);
}

void event_loop::stop()
{
    post([this] { stopping_ = true; });
}

void event_loop::add(int descriptor, event_source& source, std::uint32_t events)
{
    control(epoll_, EPOLL_CTL_ADD, descriptor, &source, events);
}

void event_loop::modify(int descriptor, event_source& source, std::uint32_t events)
{
    control(epoll_, EPOLL_CTL_MOD, descriptor, &source, events);
}

void event_loop::remove(int descriptor) noexcept
{
    epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
}

void event_loop::arm(timer& t, std::chrono::milliseconds delay) noexcept
{
    if (!in_loop_thread())
        update_now(); // before run there is no turn to have done it
    // Rounded up, and one more for the part of the current tick that has passed: never early.
    const auto due = now_ms_ + static_cast<std::uint64_t>(std::max<std::int64_t>(delay.count(), 0));
    timers_.arm(t, due / static_cast<std::uint64_t>(tick.count()) + 1);
}

std::uint64_t event_loop::elapsed_ms() const noexcept
{
    return ms_between(start_, time_.now());
}

void event_loop::update_now() noexcept
{
    turn_began_ = time_.now();
    now_ms_ = ms_between(start_, turn_began_);
}

int event_loop::wait_ms() const noexcept
{
    if (busy_)
        return 0;
    const auto next = timers_.next_tick();
    if (!next)
        return -1;
    const std::uint64_t due = *next * static_cast<std::uint64_t>(tick.count());
    if (due <= now_ms_)
        return 0;
    return static_cast<int>(std::min<std::uint64_t>(due - now_ms_, 60'000));
}

} // namespace cresset::net
