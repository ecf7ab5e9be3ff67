#pragma once

#include <boost/intrusive/list.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace cresset::net {

using timer_hook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

// Something that can be armed to fire once: a base of what has the deadline.
// Leaves its wheel when destroyed.
class timer : public timer_hook
{
public:
    timer() noexcept = default;
    timer(const timer&) = delete;
    timer& operator=(const timer&) = delete;

    bool armed() const noexcept { return is_linked(); }
    void cancel() noexcept { unlink(); }

protected:
    ~timer() = default;

private:
    friend class timer_wheel;

    // May arm this timer again, or any other; may destroy this one.
    virtual void on_timer() = 0;

    std::uint32_t tick_ = 0; // the low bits: a timer waits for less than 2^32 ticks
};

// A hierarchical timing wheel: arming, cancelling and firing cost the same however many timers
// wait.
//
//   level 0   64 slots of 1 tick       a slot holds the timers of one tick
//   level 1   64 slots of 64 ticks     when a slot's time comes, its timers are spread over level 0
//   level 2   64 slots of 64^2 ticks
//   level 3   64 slots of 64^3 ticks   what is farther waits in the last slot and is placed again
//
// Knows no clock: what a tick is, is its owner's. One thread's. A timer never fires early.
class timer_wheel
{
public:
    explicit timer_wheel(std::uint64_t now = 0) noexcept : now_(now) {}
    timer_wheel(const timer_wheel&) = delete;
    timer_wheel& operator=(const timer_wheel&) = delete;

    // Fires at the first advance to `tick` or later; a tick that has passed means the next one.
    void arm(timer& t, std::uint64_t tick) noexcept;

    // Fires all that is due, in order of ticks.
    void advance(std::uint64_t now);

    // When advance next has something to do: never later than the next timer, but it may be
    // earlier. None if nothing waits.
    std::optional<std::uint64_t> next_tick() const noexcept;

private:
    using list = boost::intrusive::list<timer, boost::intrusive::constant_time_size<false>>;

    static constexpr unsigned slot_bits = 6;
    static constexpr unsigned slots = 1U << slot_bits;
    static constexpr unsigned levels = 4;

    void place(timer& t) noexcept;
    void spread(unsigned level) noexcept;
    void fire();
    list take(unsigned level, unsigned slot) noexcept;

    std::uint64_t now_;
    std::array<std::array<list, slots>, levels> wheel_;
    // One bit a slot that may hold timers; cancelling leaves it set until the slot's time comes.
    std::array<std::uint64_t, levels> occupied_{};
};

} // namespace cresset::net
