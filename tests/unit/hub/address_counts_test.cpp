#include "hub/address_counts.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace cresset::hub {
namespace {

base::ip_address at(std::string_view text)
{
    return base::ip_address::parse(text).value();
}

TEST(address_counts, lets_in_as_many_as_it_may)
{
    address_counts counts(2);
    EXPECT_TRUE(counts.enter(at("203.0.113.9")));
    EXPECT_TRUE(counts.enter(at("203.0.113.9")));
    EXPECT_FALSE(counts.enter(at("203.0.113.9")));
    EXPECT_TRUE(counts.enter(at("203.0.113.10")));
    counts.leave(at("203.0.113.9"));
    EXPECT_TRUE(counts.enter(at("203.0.113.9")));
    EXPECT_FALSE(counts.enter(at("203.0.113.9")));
}

TEST(address_counts, takes_a_network_of_ipv6_for_one_address)
{
    address_counts counts(1);
    EXPECT_TRUE(counts.enter(at("2001:db8:0:1::1")));
    EXPECT_FALSE(counts.enter(at("2001:db8:0:1:ffff::2")));
    EXPECT_TRUE(counts.enter(at("2001:db8:0:2::1")));
}

TEST(address_counts, does_not_count_loopback)
{
    address_counts counts(1);
    for (const char* text : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"})
        for (int i = 0; i < 3; ++i)
            EXPECT_TRUE(counts.enter(at(text))) << text;
}

TEST(address_counts, counts_nobody_without_a_limit)
{
    address_counts counts(0);
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(counts.enter(at("203.0.113.9")));
    counts.leave(at("203.0.113.9"));
}

} // namespace
} // namespace cresset::hub
