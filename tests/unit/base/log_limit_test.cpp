#include "base/log_limit.hpp"

#include <gtest/gtest.h>

namespace cresset::base {
namespace {

TEST(log_limit, lets_one_line_a_second_through)
{
    log_limit limit;
    EXPECT_EQ(limit.take(5), 0u);
    EXPECT_EQ(limit.take(5), std::nullopt);
    EXPECT_EQ(limit.take(1004), std::nullopt);
    EXPECT_EQ(limit.take(1005), 2u);
    EXPECT_EQ(limit.take(2004), std::nullopt);
    EXPECT_EQ(limit.take(9000), 1u);
    EXPECT_EQ(limit.take(10'000), 0u);
}

} // namespace
} // namespace cresset::base
