#include "http/date.hpp"

#include <gtest/gtest.h>

namespace cresset::http {
namespace {

std::string at(long long seconds)
{
    return to_imf_fixdate(std::chrono::system_clock::time_point{std::chrono::seconds{seconds}});
}

TEST(date, is_written_as_imf_fixdate)
{
    EXPECT_EQ(at(784111777), "Sun, 06 Nov 1994 08:49:37 GMT"); // the RFC's example
    EXPECT_EQ(at(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(at(951782399), "Mon, 28 Feb 2000 23:59:59 GMT");
    EXPECT_EQ(at(951782400), "Tue, 29 Feb 2000 00:00:00 GMT");
    EXPECT_EQ(at(1798761599), "Thu, 31 Dec 2026 23:59:59 GMT");
}

TEST(date, drops_fractions_of_a_second)
{
    EXPECT_EQ(
        to_imf_fixdate(std::chrono::system_clock::time_point{std::chrono::milliseconds{1999}}),
        "Thu, 01 Jan 1970 00:00:01 GMT");
}

} // namespace
} // namespace cresset::http
