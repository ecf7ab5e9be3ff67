#include "load/pacer.hpp"

#include "base/system_error.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <sys/timerfd.h>
#include <unistd.h>

namespace cresset::load {
namespace {

// Calls in one turn of the loop where it is late: what they cause has to be dealt with too.
constexpr int calls_a_turn_max = 256;

} // namespace

std::uint64_t now_ns() noexcept
{
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

pacer::pacer(net::event_loop& loop, owner& o)
    : loop_(loop),
      owner_(o),
      descriptor_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC))
{
    if (descriptor_ < 0)
        base::throw_errno("timerfd_create");
    loop_.add(descriptor_, *this, EPOLLIN);
}

pacer::~pacer()
{
    loop_.remove(descriptor_);
    ::close(descriptor_);
}

void pacer::start(std::uint64_t first_ns, double interval_ns, std::uint64_t count)
{
    first_ns_ = first_ns;
    interval_ns_ = interval_ns;
    made_ = 0;
    count_ = count;
    arm();
}

void pacer::stop() noexcept
{
    count_ = made_;
}

std::uint64_t pacer::due_ns() const noexcept
{
    return first_ns_ + static_cast<std::uint64_t>(interval_ns_ * static_cast<double>(made_));
}

void pacer::arm()
{
    if (!running())
        return;
    // A time that has passed fires at once; 0 would disarm it.
    const std::uint64_t due = std::max<std::uint64_t>(due_ns(), 1);
    itimerspec at{};
    at.it_value.tv_sec = static_cast<time_t>(due / 1'000'000'000);
    at.it_value.tv_nsec = static_cast<long>(due % 1'000'000'000);
    if (timerfd_settime(descriptor_, TFD_TIMER_ABSTIME, &at, nullptr) != 0)
        base::throw_errno("timerfd_settime");
}

void pacer::on_events(std::uint32_t)
{
    std::uint64_t expirations = 0;
    if (::read(descriptor_, &expirations, sizeof expirations) < 0)
        return; // started again since
    const std::uint64_t now = now_ns();
    for (int i = 0; i < calls_a_turn_max && running() && due_ns() <= now; ++i) {
        const std::uint64_t due = due_ns();
        ++made_;
        owner_.on_due(due);
    }
    arm();
}

} // namespace cresset::load
