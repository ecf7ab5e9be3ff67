#include "net/timer_wheel.hpp"
#include "support/loop_thread.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace cresset::net {
namespace {

using tests::test_timer;

constexpr std::uint64_t span = 64ull * 64 * 64 * 64; // of all levels

struct timer_wheel_fixture : testing::Test
{
    test_timer& make(std::uint64_t name)
    {
        return timers.emplace_back([this, name] { fired.push_back(name); });
    }

    test_timer& arm(std::uint64_t tick)
    {
        test_timer& t = make(tick);
        wheel.arm(t, tick);
        return t;
    }

    std::vector<std::uint64_t> take() { return std::exchange(fired, {}); }

    timer_wheel wheel;
    std::deque<test_timer> timers;
    std::vector<std::uint64_t> fired;
};

using timer_wheel_at_zero = timer_wheel_fixture;
using ticks = std::vector<std::uint64_t>;

TEST_F(timer_wheel_at_zero, has_nothing_to_do_without_timers)
{
    EXPECT_EQ(wheel.next_tick(), std::nullopt);
    wheel.advance(1'000'000);
    EXPECT_EQ(wheel.next_tick(), std::nullopt);
}

TEST_F(timer_wheel_at_zero, fires_at_the_tick_and_not_before)
{
    // Both sides of every border between levels, and far beyond the last.
    for (const std::uint64_t tick :
         {ticks::value_type{1}, 2ul, 63ul, 64ul, 65ul, 127ul, 128ul, 4095ul, 4096ul, 4097ul,
          262143ul, 262144ul, 262145ul, span - 1, span, span + 1, 2 * span, 3 * span + 12345}) {
        for (const std::uint64_t start :
             {ticks::value_type{0}, 1ul, 63ul, 64ul, 4095ul, 262143ul, span - 1}) {
            timer_wheel w(start);
            int count = 0;
            test_timer t([&count] { ++count; });
            w.arm(t, start + tick);
            w.advance(start + tick - 1);
            EXPECT_EQ(count, 0) << start << " + " << tick;
            EXPECT_TRUE(t.armed());
            w.advance(start + tick);
            EXPECT_EQ(count, 1) << start << " + " << tick;
            EXPECT_FALSE(t.armed());
            EXPECT_EQ(w.next_tick(), std::nullopt);
        }
    }
}

TEST_F(timer_wheel_at_zero, fires_in_the_order_of_ticks)
{
    for (const std::uint64_t tick : {5000ul, 64ul, 3ul, 300000ul, 65ul, 4096ul, 63ul, 1ul, 4095ul})
        arm(tick);
    wheel.advance(400'000);
    EXPECT_EQ(take(), (ticks{1, 3, 63, 64, 65, 4095, 4096, 5000, 300000}));
}

TEST_F(timer_wheel_at_zero, takes_a_tick_that_has_passed_for_the_next_one)
{
    wheel.advance(100);
    arm(7);
    arm(100);
    wheel.advance(100);
    EXPECT_EQ(take(), ticks{});
    wheel.advance(101);
    EXPECT_EQ(take(), (ticks{7, 100}));
}

TEST_F(timer_wheel_at_zero, forgets_a_cancelled_timer)
{
    test_timer& near = arm(10);
    test_timer& far = arm(100'000);
    arm(20);
    near.cancel();
    far.cancel();
    EXPECT_FALSE(near.armed());
    near.cancel(); // twice is no harm
    wheel.advance(1'000'000);
    EXPECT_EQ(take(), ticks{20});
}

TEST_F(timer_wheel_at_zero, fires_once_at_the_last_tick_it_was_armed_to)
{
    test_timer& t = arm(10);
    wheel.arm(t, 1000);
    wheel.arm(t, 500);
    wheel.advance(499);
    EXPECT_EQ(fired.size(), 0u);
    wheel.advance(2000);
    EXPECT_EQ(fired.size(), 1u);
}

TEST_F(timer_wheel_at_zero, lets_a_timer_arm_itself_again)
{
    std::vector<std::uint64_t> at;
    std::uint64_t next = 0;
    test_timer t;
    t.fired = [&] {
        at.push_back(next);
        if (at.size() < 5)
            wheel.arm(t, next += 64); // a whole round of the first level
    };
    wheel.arm(t, next = 64);
    for (std::uint64_t now = 0; now <= 5 * 64; ++now) {
        wheel.advance(now);
        EXPECT_EQ(at.size(), now / 64) << now;
    }
    EXPECT_FALSE(t.armed());
}

TEST_F(timer_wheel_at_zero, fires_what_is_armed_meanwhile_if_it_is_due)
{
    test_timer& second = make(20);
    test_timer first([&] {
        fired.push_back(10);
        wheel.arm(second, 20);
    });
    wheel.arm(first, 10);
    wheel.advance(30);
    EXPECT_EQ(take(), (ticks{10, 20}));
}

TEST_F(timer_wheel_at_zero, never_fires_within_the_same_tick_what_a_timer_arms)
{
    int count = 0;
    test_timer t;
    t.fired = [&] {
        ++count;
        wheel.arm(t, 0);
    };
    wheel.arm(t, 1);
    wheel.advance(1);
    EXPECT_EQ(count, 1);
    wheel.advance(4);
    EXPECT_EQ(count, 4);
}

TEST_F(timer_wheel_at_zero, lets_a_timer_cancel_and_destroy_others_of_its_tick)
{
    auto victim = std::make_unique<test_timer>([&] { fired.push_back(1); });
    auto later = std::make_unique<test_timer>([&] { fired.push_back(2); });
    test_timer& cancelled = make(3);
    test_timer killer([&] {
        victim.reset();
        later.reset();
        cancelled.cancel();
    });
    wheel.arm(killer, 5);
    wheel.arm(*victim, 5);
    wheel.arm(cancelled, 5);
    wheel.arm(*later, 500);
    wheel.advance(1000);
    EXPECT_EQ(take(), ticks{});
    EXPECT_EQ(wheel.next_tick(), std::nullopt);
}

TEST_F(timer_wheel_at_zero, lets_a_timer_destroy_itself)
{
    struct suicidal final : timer
    {
        void on_timer() override { delete this; }
    };
    wheel.arm(*new suicidal, 5);
    arm(5);
    wheel.advance(5);
    EXPECT_EQ(take(), ticks{5});
}

TEST_F(timer_wheel_at_zero, lets_a_timer_move_another_of_its_tick)
{
    test_timer& other = make(1);
    test_timer mover([&] { wheel.arm(other, 70); });
    wheel.arm(mover, 5);
    wheel.arm(other, 5);
    wheel.advance(69);
    EXPECT_EQ(take(), ticks{});
    wheel.advance(70);
    EXPECT_EQ(take(), ticks{1});
}

TEST_F(timer_wheel_at_zero, may_go_before_its_timers)
{
    test_timer t([] {});
    {
        timer_wheel w;
        w.arm(t, 5);
    }
    EXPECT_FALSE(t.armed());
}

TEST_F(timer_wheel_at_zero, wakes_its_owner_seldom)
{
    arm(span * 2);
    int steps = 0;
    while (const auto next = wheel.next_tick()) {
        wheel.advance(*next);
        ++steps;
    }
    EXPECT_EQ(take(), ticks{span * 2});
    EXPECT_LE(steps, 12);
}

// Against a multimap, which does the same slowly.
struct model_test : testing::TestWithParam<unsigned>
{
    static constexpr std::size_t timers_max = 200;

    struct entry
    {
        test_timer timer;
        std::multimap<std::uint64_t, std::size_t>::iterator place;
        bool waits = false;
    };

    void arm(std::size_t i, std::uint64_t tick)
    {
        forget(i);
        wheel.arm(entries[i].timer, tick);
        entries[i].place = model.emplace(std::max(tick, now + 1), i);
        entries[i].waits = true;
    }

    void forget(std::size_t i)
    {
        if (std::exchange(entries[i].waits, false))
            model.erase(entries[i].place);
    }

    void on_fired(std::size_t i)
    {
        ASSERT_TRUE(entries[i].waits);
        ASSERT_LE(entries[i].place->first, goal) << "early";
        ASSERT_EQ(entries[i].place->first, model.begin()->first) << "not the next in order";
        now = entries[i].place->first;
        forget(i);
        if (random() % 4 == 0)
            arm(i, now + some_delay());
    }

    std::uint64_t some_delay() { return random() % (1ull << random() % 27); }

    void check_next()
    {
        const auto next = wheel.next_tick();
        if (model.empty())
            return; // a cancelled timer may leave a needless look
        ASSERT_TRUE(next);
        ASSERT_GT(*next, now);
        ASSERT_LE(*next, model.begin()->first);
    }

    std::mt19937 random{GetParam()};
    std::uint64_t now = random() % (1ull << random() % 30);
    std::uint64_t goal = now;
    timer_wheel wheel{now};
    std::vector<entry> entries{timers_max};
    std::multimap<std::uint64_t, std::size_t> model;
};

TEST_P(model_test, does_as_a_sorted_list_would)
{
    for (std::size_t i = 0; i < timers_max; ++i)
        entries[i].timer.fired = [this, i] { on_fired(i); };
    for (int step = 0; step < 4000 && !HasFatalFailure(); ++step) {
        const std::size_t i = random() % timers_max;
        if (random() % 3 != 0) {
            arm(i, now + some_delay());
        } else if (random() % 2 != 0) {
            entries[i].timer.cancel();
            forget(i);
        } else {
            goal = now + some_delay();
            if (const auto next = wheel.next_tick(); next && random() % 2 != 0)
                goal = *next;
            wheel.advance(goal);
            now = goal;
            ASSERT_TRUE(model.empty() || model.begin()->first > now) << "late";
        }
        check_next();
    }
}

INSTANTIATE_TEST_SUITE_P(timer_wheel, model_test, testing::Range(1u, 21u));

} // namespace
} // namespace cresset::net
