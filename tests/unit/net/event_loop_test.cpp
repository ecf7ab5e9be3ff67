#include "net/event_loop.hpp"
#include "support/loop_thread.hpp"
#include "support/sockets.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cresset::net {
namespace {

using namespace std::chrono_literals;
using tests::loop_thread;
using tests::test_timer;

struct function_at_end final : turn_end
{
    explicit function_at_end(std::function<bool()> f) : call(std::move(f)) {}
    bool on_turn_end() override { return call(); }

    std::function<bool()> call;
};

struct function_source final : event_source
{
    explicit function_source(std::function<void(std::uint32_t)> f) : call(std::move(f)) {}
    void on_events(std::uint32_t events) override { call(events); }

    std::function<void(std::uint32_t)> call;
};

struct socket_pair
{
    socket_pair()
    {
        int ends[2];
        tests::check_call(
            ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends),
            "socketpair");
        near.reset(ends[0]);
        far.reset(ends[1]);
    }
    tests::descriptor near;
    tests::descriptor far;
};

TEST(event_loop, runs_what_other_threads_post)
{
    loop_thread t;
    t.start();
    const auto there = t.run([] { return std::this_thread::get_id(); });
    EXPECT_NE(there, std::this_thread::get_id());
    EXPECT_EQ(t.run([] { return std::this_thread::get_id(); }), there);
}

TEST(event_loop, knows_its_thread)
{
    loop_thread t;
    EXPECT_FALSE(t.loop().in_loop_thread());
    t.start();
    EXPECT_TRUE(t.run([&t] { return t.loop().in_loop_thread(); }));
    EXPECT_FALSE(t.loop().in_loop_thread());
    t.stop();
    EXPECT_FALSE(t.loop().in_loop_thread());
}

TEST(event_loop, runs_what_was_posted_before_stop)
{
    event_loop loop;
    std::vector<int> ran;
    loop.post([&] { ran.push_back(1); });
    loop.post([&] { ran.push_back(2); });
    loop.stop();
    loop.run();
    EXPECT_EQ(ran, (std::vector<int>{1, 2}));
}

TEST(event_loop, runs_again_after_stop)
{
    event_loop loop;
    int ran = 0;
    for (int i = 1; i <= 3; ++i) {
        loop.post([&] { ++ran; });
        loop.stop();
        loop.run();
        EXPECT_EQ(ran, i);
    }
}

TEST(event_loop, stops_from_inside)
{
    event_loop loop;
    loop.post([&loop] { loop.stop(); });
    loop.run();
}

TEST(event_loop, fires_timers_in_order_and_never_early)
{
    event_loop loop;
    std::vector<int> fired;
    std::vector<std::unique_ptr<test_timer>> timers;
    loop.post([&] {
        const std::uint64_t begin = loop.now_ms();
        const auto clock_begin = std::chrono::steady_clock::now();
        for (const int delay : {50, 8, 20, 0, 33}) {
            auto& t = timers.emplace_back(std::make_unique<test_timer>([&, delay, begin] {
                EXPECT_GE(loop.now_ms(), begin + static_cast<unsigned>(delay)) << delay;
                fired.push_back(delay);
                if (delay == 50)
                    loop.stop();
            }));
            loop.arm(*t, std::chrono::milliseconds(delay));
        }
        test_timer negative([] {});
        loop.arm(negative, -5ms);
        EXPECT_LT(std::chrono::steady_clock::now() - clock_begin, 20s);
    });
    const auto begin = std::chrono::steady_clock::now();
    loop.run();
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 50ms);
    EXPECT_EQ(fired, (std::vector<int>{0, 8, 20, 33, 50}));
}

TEST(event_loop, sleeps_until_the_timer_is_due)
{
    event_loop loop;
    int turns = 0;
    function_at_end count([&turns] {
        ++turns;
        return false;
    });
    loop.add(count);
    test_timer t([&loop] { loop.stop(); });
    loop.post([&] { loop.arm(t, 100ms); });
    loop.run();
    EXPECT_LE(turns, 10);
}

// A loop may be made and given timers long before it runs.
TEST(event_loop, counts_the_delay_of_a_timer_from_when_it_was_armed)
{
    event_loop loop;
    std::this_thread::sleep_for(30ms); // the time that passes is what is tested
    test_timer t([&loop] { loop.stop(); });
    const auto begin = std::chrono::steady_clock::now();
    loop.arm(t, 30ms);
    loop.run();
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 30ms);
}

TEST(event_loop, ends_each_turn_in_the_order_added)
{
    event_loop loop;
    std::string order;
    function_at_end first([&] {
        order += '1';
        return false;
    });
    function_at_end second([&] {
        order += '2';
        return false;
    });
    loop.add(first);
    loop.add(second);
    loop.post([&] {
        order += 't';
        loop.stop();
    });
    loop.run();
    EXPECT_EQ(order.substr(0, 3), "t12");
}

TEST(event_loop, does_not_wait_while_an_end_has_more_to_do)
{
    event_loop loop;
    int left = 100;
    function_at_end busy([&] {
        if (--left == 0)
            loop.stop();
        return left > 0;
    });
    loop.add(busy);
    loop.post([] {});
    loop.run(); // would never return otherwise
    EXPECT_LE(left, 0);
}

TEST(event_loop, tells_a_source_of_its_events)
{
    event_loop loop;
    socket_pair s;
    std::uint32_t seen = 0;
    function_source source([&](std::uint32_t events) {
        seen = events;
        loop.remove(s.near.get());
        loop.stop();
    });
    loop.add(s.near.get(), source, EPOLLIN);
    ASSERT_EQ(::send(s.far.get(), "x", 1, 0), 1);
    loop.run();
    EXPECT_EQ(seen, static_cast<std::uint32_t>(EPOLLIN));
}

TEST(event_loop, listens_for_what_it_was_told_last)
{
    event_loop loop;
    socket_pair s;
    std::vector<std::uint32_t> seen;
    function_source source([&](std::uint32_t events) {
        seen.push_back(events);
        loop.modify(s.near.get(), source, 0);
        loop.stop();
    });
    loop.add(s.near.get(), source, EPOLLIN | EPOLLOUT);
    loop.run();
    ASSERT_EQ(seen.size(), 1u);
    ASSERT_EQ(::send(s.far.get(), "x", 1, 0), 1);
    loop.stop();
    loop.run();
    EXPECT_EQ(seen.size(), 1u);
    loop.modify(s.near.get(), source, EPOLLIN);
    loop.run();
    EXPECT_EQ(seen.size(), 2u);
}

TEST(event_loop, lets_a_source_remove_another_in_the_same_turn)
{
    event_loop loop;
    socket_pair a;
    socket_pair b;
    int events = 0;
    const auto remove_both = [&](std::uint32_t) {
        ++events;
        loop.remove(a.near.get());
        loop.remove(b.near.get());
    };
    function_source first(remove_both);
    function_source second(remove_both);
    loop.add(a.near.get(), first, EPOLLIN);
    loop.add(b.near.get(), second, EPOLLIN);
    ASSERT_EQ(::send(a.far.get(), "x", 1, 0), 1);
    ASSERT_EQ(::send(b.far.get(), "x", 1, 0), 1);
    loop.stop();
    loop.run();
    EXPECT_LE(events, 2); // the other's event may have been taken out of the kernel already
    loop.stop();
    loop.run();
    EXPECT_LE(events, 2);
}

TEST(event_loop, refuses_what_cannot_be_watched)
{
    event_loop loop;
    function_source source([](std::uint32_t) {});
    EXPECT_THROW(loop.add(-1, source, EPOLLIN), std::system_error);
    loop.remove(-1); // no harm
}

struct stopped_time final : base::time_source
{
    base::steady_time now() const noexcept override { return base::steady_time(ms); }

    std::chrono::milliseconds ms{1'000};
};

TEST(event_loop, has_its_time_from_where_it_is_told)
{
    stopped_time time;
    event_loop loop(time);
    int fired = 0;
    test_timer timer([&] { ++fired; });
    loop.arm(timer, 20s);
    EXPECT_FALSE(loop.turn());
    EXPECT_GT(loop.wait_ms(), 0);
    time.ms += 19'999ms;
    loop.turn();
    EXPECT_EQ(fired, 0);
    time.ms += 1ms + event_loop::tick;
    loop.turn();
    EXPECT_EQ(fired, 1);
    EXPECT_EQ(loop.wait_ms(), -1);
    EXPECT_EQ(loop.now_ms(), 20'004u);
    EXPECT_EQ(loop.elapsed_ms(), 20'004u);
}

// Ten seconds pass between the poll and the look at the clock, and somebody speaks meanwhile.
struct time_that_jumps final : base::time_source
{
    base::steady_time now() const noexcept override
    {
        if (std::exchange(jumps, false)) {
            ms += 10s;
            ::send(speaker, "x", 1, 0);
        }
        return base::steady_time(ms);
    }
    int speaker = -1;
    mutable bool jumps = false;
    mutable std::chrono::milliseconds ms{0};
};

TEST(event_loop, hears_what_came_while_it_was_stopped_before_timers_fire)
{
    socket_pair s;
    time_that_jumps time;
    time.speaker = s.far.get();
    event_loop loop(time);
    std::string done;
    test_timer timer([&] { done += "timer "; });
    function_source source([&](std::uint32_t) {
        done += "heard ";
        loop.remove(s.near.get());
    });
    loop.add(s.near.get(), source, EPOLLIN);
    loop.arm(timer, 5s);
    time.jumps = true;
    loop.turn();
    EXPECT_EQ(done, "heard timer ");
}

TEST(event_loop, takes_turns_with_another_on_one_thread)
{
    event_loop one;
    event_loop other;
    std::string done;
    one.post([&] {
        EXPECT_TRUE(one.in_loop_thread());
        EXPECT_FALSE(other.in_loop_thread());
        done += "one ";
        other.post([&] { done += "other "; });
    });
    EXPECT_FALSE(other.turn());
    EXPECT_TRUE(one.turn());
    EXPECT_FALSE(one.in_loop_thread());
    EXPECT_FALSE(one.turn());
    EXPECT_TRUE(other.turn());
    EXPECT_EQ(done, "one other ");
}

} // namespace
} // namespace cresset::net
