#include "net/timer_wheel.hpp"

#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

namespace cresset::net {
namespace {

constexpr std::uint64_t period = 15'000; // in ticks of the loop: the minute of an idle client

// Fires once a period, for ever, as what looks after a client does.
class repeating final : public timer
{
public:
    explicit repeating(timer_wheel& wheel) noexcept : wheel_(wheel) {}

    void arm(std::uint64_t tick) noexcept
    {
        next_ = tick;
        wheel_.arm(*this, tick);
    }
    std::uint64_t fired() const noexcept { return fired_; }

private:
    void on_timer() override
    {
        ++fired_;
        arm(next_ + period);
    }

    timer_wheel& wheel_;
    std::uint64_t next_ = 0;
    std::uint64_t fired_ = 0;
};

// So many timers, spread over a period.
struct full_wheel
{
    explicit full_wheel(std::size_t count) : timers(count)
    {
        std::mt19937_64 random(1);
        for (auto& t : timers) {
            t = std::make_unique<repeating>(wheel);
            t->arm(1 + random() % period);
        }
    }

    timer_wheel wheel;
    std::vector<std::unique_ptr<repeating>> timers;
};

// Each timer armed anew in turn. range(0): how many wait.
void timer_wheel_arm(benchmark::State& state)
{
    full_wheel all(static_cast<std::size_t>(state.range(0)));
    std::size_t next = 0;
    std::uint64_t tick = 1;
    for (auto _ : state) {
        all.timers[next]->arm(tick);
        next = next + 1 == all.timers.size() ? 0 : next + 1;
        tick = tick == period ? 1 : tick + 1;
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(timer_wheel_arm)->ArgName("timers")->Arg(1'000)->Arg(100'000);

// One tick an iteration; an item is a timer that fires and is armed again.
void timer_wheel_advance(benchmark::State& state)
{
    full_wheel all(static_cast<std::size_t>(state.range(0)));
    std::uint64_t now = 0;
    for (auto _ : state)
        all.wheel.advance(++now);
    std::uint64_t fired = 0;
    for (const auto& t : all.timers)
        fired += t->fired();
    state.SetItemsProcessed(static_cast<std::int64_t>(fired));
}
BENCHMARK(timer_wheel_advance)->ArgName("timers")->Arg(1'000)->Arg(100'000);

} // namespace
} // namespace cresset::net
