#include "redis/backoff.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cresset::redis {
namespace {

using namespace std::chrono_literals;

void expect_between(std::chrono::milliseconds least, std::chrono::milliseconds delay,
                    std::chrono::milliseconds most)
{
    EXPECT_LE(least, delay);
    EXPECT_LE(delay, most);
}

TEST(backoff, doubles_up_to_a_quarter_of_a_second)
{
    backoff b;
    for (const auto bound : {8ms, 16ms, 32ms, 64ms, 128ms, 250ms, 250ms, 250ms})
        expect_between(bound / 2, b.next(), bound);
    for (int i = 0; i < 1000; ++i)
        expect_between(125ms, b.next(), 250ms);
}

TEST(backoff, begins_again_after_a_reset)
{
    backoff b;
    for (int i = 0; i < 10; ++i)
        b.next();
    b.reset();
    expect_between(4ms, b.next(), 8ms);
    expect_between(8ms, b.next(), 16ms);
}

TEST(backoff, differs_from_one_link_to_the_next)
{
    std::set<long> seen;
    for (int i = 0; i < 20; ++i) {
        backoff b;
        for (int j = 0; j < 6; ++j)
            b.next();
        seen.insert(b.next().count());
    }
    EXPECT_GT(seen.size(), 1u);
}

} // namespace
} // namespace cresset::redis
