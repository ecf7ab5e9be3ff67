#include "hub/allowance.hpp"

#include <gtest/gtest.h>

namespace cresset::hub {
namespace {

using verdict = allowance::verdict;

constexpr message_rates rates{.messages = 10, .bytes = 1000};

TEST(allowance, grants_ten_seconds_worth_at_once)
{
    allowance a(rates, 5'000);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(a.take(rates, 5'000, 1, 10), verdict::granted) << i;
    EXPECT_EQ(a.take(rates, 5'999, 1, 0), verdict::exceeded);
}

TEST(allowance, lends_a_seconds_worth_once)
{
    allowance a(rates, 0);
    a.take(rates, 0, 100, 0);
    EXPECT_EQ(a.take(rates, 0, 1, 0), verdict::exceeded);
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(a.take(rates, 0, 1, 0), verdict::granted) << i;
    EXPECT_EQ(a.take(rates, 0, 1, 0), verdict::spent);
}

TEST(allowance, counts_bytes_as_well)
{
    allowance a(rates, 0);
    EXPECT_EQ(a.take(rates, 0, 0, 10'000), verdict::granted);
    EXPECT_EQ(a.take(rates, 0, 0, 1), verdict::exceeded);
    EXPECT_EQ(a.take(rates, 0, 0, 1001), verdict::spent);
}

TEST(allowance, goes_on_for_ever_at_its_rate)
{
    allowance a(rates, 0);
    for (std::uint64_t s = 0; s < 1000; ++s)
        for (int i = 0; i < 10; ++i)
            ASSERT_EQ(a.take(rates, s * 1000 + 999, 1, 100), verdict::granted) << s;
}

TEST(allowance, forgives_who_was_quiet_until_it_was_full)
{
    allowance a(rates, 0);
    a.take(rates, 0, 100, 0);
    EXPECT_EQ(a.take(rates, 0, 1, 0), verdict::exceeded);
    EXPECT_EQ(a.take(rates, 5'000, 61, 0), verdict::spent); // half full
    EXPECT_EQ(a.take(rates, 16'000, 100, 0), verdict::granted);
    EXPECT_EQ(a.take(rates, 16'000, 1, 0), verdict::exceeded);
}

TEST(allowance, has_no_end_without_a_rate)
{
    constexpr message_rates none{.messages = 0, .bytes = 0};
    allowance a(none, 0);
    for (int i = 0; i < 100'000; ++i)
        ASSERT_EQ(a.take(none, static_cast<std::uint64_t>(i), 1, 64 * 1024), verdict::granted);
}

TEST(allowance, outlives_the_wrap_of_its_clock)
{
    constexpr std::uint64_t wrap_ms = (std::uint64_t{1} << 31) * 1000;
    allowance a(rates, wrap_ms - 1000);
    a.take(rates, wrap_ms - 1000, 100, 0);
    EXPECT_EQ(a.take(rates, wrap_ms + 9'000, 100, 0), verdict::granted);
}

TEST(allowance, is_small)
{
    EXPECT_EQ(sizeof(allowance), 12u);
}

} // namespace
} // namespace cresset::hub
