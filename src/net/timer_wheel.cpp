#include "net/timer_wheel.hpp"

#include <algorithm>
#include <bit>

namespace cresset::net {

void timer_wheel::arm(timer& t, std::uint64_t tick) noexcept
{
    t.cancel();
    t.tick_ = static_cast<std::uint32_t>(std::max(tick, now_ + 1));
    place(t);
}

void timer_wheel::advance(std::uint64_t now)
{
    while (now_ < now) {
        const std::optional<std::uint64_t> next = next_tick();
        if (!next || *next > now) {
            now_ = now;
            return;
        }
        now_ = *next;
        for (unsigned level = 1; level < levels; ++level) {
            if (now_ % (std::uint64_t{1} << slot_bits * level) != 0)
                break;
            spread(level);
        }
        fire();
    }
}

std::optional<std::uint64_t> timer_wheel::next_tick() const noexcept
{
    std::optional<std::uint64_t> next;
    for (unsigned level = 0; level < levels; ++level) {
        if (occupied_[level] == 0)
            continue;
        const unsigned shift = slot_bits * level;
        const std::uint64_t position = now_ >> shift;
        // Distance to the nearest occupied slot, 1 to 64: the current one was emptied when its time
        // came, so what is in it now waits for the next round.
        const auto from_next =
            std::rotr(occupied_[level], static_cast<int>((position + 1) % slots));
        const auto distance = static_cast<std::uint64_t>(std::countr_zero(from_next)) + 1;
        const std::uint64_t tick = (position + distance) << shift;
        next = next ? std::min(*next, tick) : tick;
    }
    return next;
}

void timer_wheel::place(timer& t) noexcept
{
    constexpr std::uint64_t span = std::uint64_t{1} << slot_bits * levels;
    const std::uint64_t due = now_ + (t.tick_ - static_cast<std::uint32_t>(now_));
    const std::uint64_t tick = std::min(due, now_ + span - 1);
    unsigned level = 0;
    while (level + 1 < levels && tick - now_ >= std::uint64_t{1} << slot_bits * (level + 1))
        ++level;
    const auto slot = static_cast<unsigned>((tick >> slot_bits * level) % slots);
    wheel_[level][slot].push_back(t);
    occupied_[level] |= std::uint64_t{1} << slot;
}

void timer_wheel::spread(unsigned level) noexcept
{
    list waiting = take(level, static_cast<unsigned>((now_ >> slot_bits * level) % slots));
    while (!waiting.empty()) {
        timer& t = waiting.front();
        waiting.pop_front();
        place(t);
    }
}

void timer_wheel::fire()
{
    list due = take(0, static_cast<unsigned>(now_ % slots));
    while (!due.empty()) {
        timer& t = due.front();
        due.pop_front();
        t.on_timer();
    }
}

timer_wheel::list timer_wheel::take(unsigned level, unsigned slot) noexcept
{
    occupied_[level] &= ~(std::uint64_t{1} << slot);
    list taken;
    taken.swap(wheel_[level][slot]);
    return taken;
}

} // namespace cresset::net
