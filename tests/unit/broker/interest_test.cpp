#include "broker/interest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace cresset::broker {
namespace {

using std::chrono::milliseconds;
using channels = std::vector<std::string>;

struct interest_test : testing::Test
{
    channels settle(std::uint64_t now_ms = 0)
    {
        channels begun;
        all.settle(now_ms, [&](const std::string& channel) { begun.push_back(channel); });
        std::ranges::sort(begun);
        return begun;
    }

    channels sweep(std::uint64_t now_ms)
    {
        channels ended;
        while (sweep(now_ms, 1'000, ended)) {
        }
        return ended;
    }

    bool sweep(std::uint64_t now_ms, std::size_t limit, channels& ended)
    {
        return all.sweep(
            now_ms, milliseconds(100), limit,
            [&](const std::string& channel) { ended.push_back("+" + channel); },
            [&](const std::string& channel) { ended.push_back(channel); });
    }

    interest all;
};

TEST_F(interest_test, asks_to_be_settled_once_a_batch)
{
    EXPECT_TRUE(all.add("a"));
    EXPECT_FALSE(all.add("b"));
    EXPECT_EQ(settle(), (channels{"a", "b"}));
    EXPECT_TRUE(all.add("a"));
    EXPECT_FALSE(all.add("b"));
}

TEST_F(interest_test, subscribes_for_the_first_and_leaves_a_while_after_the_last)
{
    all.add("a");
    all.add("a");
    EXPECT_EQ(settle(), channels{"a"});
    all.add("a");
    EXPECT_EQ(settle(), channels{});
    for (int i = 0; i < 3; ++i)
        all.remove("a");
    EXPECT_EQ(sweep(1'000), channels{});
    EXPECT_EQ(sweep(1'099), channels{});
    EXPECT_EQ(sweep(1'100), channels{"a"});
    EXPECT_EQ(sweep(9'999), channels{});
    EXPECT_EQ(all.size(), 0u);
}

TEST_F(interest_test, keeps_what_comes_back_in_time)
{
    all.add("a");
    settle();
    all.remove("a");
    sweep(1'000);
    all.add("a");
    EXPECT_EQ(settle(1'050), channels{}); // is subscribed still
    EXPECT_EQ(sweep(5'000), channels{});
}

TEST_F(interest_test, lingers_from_the_last_time_that_nobody_was_left)
{
    all.add("a");
    settle();
    all.remove("a");
    sweep(1'000);
    all.add("a");
    settle(1'080);
    all.remove("a");
    sweep(1'080);
    EXPECT_EQ(sweep(1'150), channels{});
    EXPECT_EQ(sweep(1'180), channels{"a"});
}

// Else a channel that somebody always wanted would be left for a moment.
TEST_F(interest_test, sees_what_was_added_before_what_was_removed_after_it)
{
    all.add("a");
    settle();
    all.add("a");
    all.remove("a");
    all.add("b");
    EXPECT_EQ(sweep(0), channels{"+b"});
    EXPECT_EQ(settle(), channels{});
    EXPECT_EQ(sweep(1'000), channels{});
    EXPECT_EQ(all.size(), 2u);
}

TEST_F(interest_test, leaves_a_few_channels_at_a_time)
{
    for (int i = 0; i < 25; ++i)
        all.add(std::to_string(i));
    EXPECT_EQ(settle().size(), 25u);
    for (int i = 0; i < 25; ++i)
        all.remove(std::to_string(i));
    channels ended;
    EXPECT_TRUE(sweep(1'000, 10, ended));
    all.remove("from somewhere else"); // taken up behind those
    EXPECT_TRUE(sweep(1'000, 10, ended));
    EXPECT_FALSE(sweep(1'000, 10, ended));
    EXPECT_FALSE(sweep(1'000, 10, ended));
    EXPECT_EQ(ended, channels{});
    for (const std::size_t so_far : {10u, 20u}) {
        EXPECT_TRUE(sweep(1'100, 10, ended));
        EXPECT_EQ(ended.size(), so_far);
    }
    EXPECT_FALSE(sweep(1'100, 10, ended));
    EXPECT_EQ(ended.size(), 25u);
    all.add("from somewhere else");
    EXPECT_EQ(settle(), channels{});
}

TEST_F(interest_test, lingers_over_what_came_and_went_in_one_batch)
{
    all.add("a");
    all.remove("a");
    EXPECT_EQ(settle(0), channels{"a"});
    sweep(0);
    EXPECT_EQ(sweep(1'000), channels{"a"});
    EXPECT_EQ(all.size(), 0u);
}

TEST_F(interest_test, takes_a_remove_before_its_add)
{
    all.remove("a");
    EXPECT_EQ(sweep(0), channels{});
    all.add("a");
    EXPECT_EQ(settle(10), channels{});
    EXPECT_EQ(sweep(1'000), channels{});
    EXPECT_EQ(all.size(), 0u);
}

TEST_F(interest_test, adds_up_over_threads)
{
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([this, t] {
            for (int i = 0; i < 1'000; ++i) {
                const std::string channel = std::to_string(i % 10);
                if (t % 2 == 0)
                    all.add(channel);
                else
                    all.remove(channel);
            }
        });
    for (std::thread& t : threads)
        t.join();
    settle(0);
    sweep(0);
    sweep(1'000);
    EXPECT_EQ(all.size(), 0u);
}

} // namespace
} // namespace cresset::broker
