#include "cli/nearest.hpp"

#include <gtest/gtest.h>

namespace cresset::cli {
namespace {

TEST(nearest, finds_the_name_that_was_meant)
{
    const std::vector<std::string> known{"redis.url", "redis.prefix", "listen.port", "listen.path"};
    EXPECT_EQ(nearest("redis.ur", known), "redis.url");
    EXPECT_EQ(nearest("redsi.url", known), "redis.url");
    EXPECT_EQ(nearest("listen.prot", known), "listen.port");
    EXPECT_EQ(nearest("listen.paths", known), "listen.path");
    EXPECT_EQ(nearest("listen.port", known), "listen.port");
}

TEST(nearest, finds_nothing_where_nothing_is_near)
{
    EXPECT_EQ(nearest("colour", {"redis.url", "listen.port"}), "");
    EXPECT_EQ(nearest("x", {}), "");
    EXPECT_EQ(nearest("", {"redis.url"}), "");
}

} // namespace
} // namespace cresset::cli
