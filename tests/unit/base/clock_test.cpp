#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace cresset::base {
namespace {

using namespace std::chrono;

system_clock::time_point at(milliseconds since_1970)
{
    return system_clock::time_point(duration_cast<system_clock::duration>(since_1970));
}

system_clock::time_point at(year_month_day date, milliseconds of_day = {})
{
    return at(sys_days(date).time_since_epoch() + of_day);
}

TEST(clock, writes_the_beginning_of_unix_time)
{
    EXPECT_EQ(to_iso8601(at(0ms)), "1970-01-01T00:00:00.000Z");
}

TEST(clock, writes_two_digits_of_each_and_three_of_milliseconds)
{
    EXPECT_EQ(to_iso8601(at(2026y / 1 / 2, 3h + 4min + 5s + 6ms)), "2026-01-02T03:04:05.006Z");
    EXPECT_EQ(to_iso8601(at(2026y / 12 / 31, 23h + 59min + 59s + 999ms)),
              "2026-12-31T23:59:59.999Z");
}

TEST(clock, knows_leap_days)
{
    EXPECT_EQ(to_iso8601(at(2024y / 2 / 29)), "2024-02-29T00:00:00.000Z");
    EXPECT_EQ(to_iso8601(at(2024y / 2 / 28, 24h)), "2024-02-29T00:00:00.000Z");
    EXPECT_EQ(to_iso8601(at(2023y / 2 / 28, 24h)), "2023-03-01T00:00:00.000Z");
    EXPECT_EQ(to_iso8601(at(2000y / 2 / 29)), "2000-02-29T00:00:00.000Z");
    EXPECT_EQ(to_iso8601(at(2100y / 2 / 28, 24h)), "2100-03-01T00:00:00.000Z");
}

// As JavaScript: new Date(-1).toISOString().
TEST(clock, counts_down_before_1970)
{
    EXPECT_EQ(to_iso8601(at(-1ms)), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(to_iso8601(at(-1000ms)), "1969-12-31T23:59:59.000Z");
    EXPECT_EQ(to_iso8601(at(1900y / 3 / 1, 1ms)), "1900-03-01T00:00:00.001Z");
}

TEST(clock, cuts_what_is_finer_than_a_millisecond)
{
    EXPECT_EQ(to_iso8601(system_clock::time_point(999'999ns)), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_iso8601(system_clock::time_point(-1ns)), "1969-12-31T23:59:59.999Z");
}

} // namespace
} // namespace cresset::base
