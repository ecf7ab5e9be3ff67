#include "base/ip_prefix.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace cresset::base {
namespace {

bool contains(std::string_view prefix, std::string_view address)
{
    return ip_prefix::parse(prefix).contains(ip_address::parse(address).value());
}

TEST(ip_prefix, has_the_addresses_that_begin_like_it)
{
    EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
    EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
    EXPECT_FALSE(contains("10.0.0.0/8", "9.255.255.255"));
    EXPECT_TRUE(contains("10.0.0.128/25", "10.0.0.128"));
    EXPECT_FALSE(contains("10.0.0.128/25", "10.0.0.127"));
    EXPECT_TRUE(contains("192.0.2.6/31", "192.0.2.7"));
    EXPECT_FALSE(contains("192.0.2.6/31", "192.0.2.8"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(ip_prefix, may_be_one_address)
{
    EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7"));
    EXPECT_FALSE(contains("192.0.2.7", "192.0.2.6"));
    EXPECT_TRUE(contains("192.0.2.7/32", "192.0.2.7"));
    EXPECT_TRUE(contains("::1", "::1"));
    EXPECT_FALSE(contains("::1", "::"));
}

TEST(ip_prefix, is_of_one_version)
{
    EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
    EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::9"));
    EXPECT_TRUE(contains("::/0", "2001:db8::9"));
    EXPECT_FALSE(contains("::/0", "203.0.113.9"));
    EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.1.1"));
    EXPECT_TRUE(contains("::ffff:10.0.0.0/104", "10.1.1.1"));
}

TEST(ip_prefix, is_written_as_it_is_read)
{
    EXPECT_EQ(ip_prefix::parse("10.0.0.0/8").to_string(), "10.0.0.0/8");
    EXPECT_EQ(ip_prefix::parse("2001:DB8::/32").to_string(), "2001:db8::/32");
    EXPECT_EQ(ip_prefix::parse("::1").to_string(), "::1/128");
}

TEST(ip_prefix, says_what_is_wrong)
{
    const auto complaint = [](std::string_view text) -> std::string {
        try {
            ip_prefix::parse(text);
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return "none";
    };
    for (const char* text : {"", "/8", "proxy.example", "10.0.0/8", "[::1]", "10.0.0.1:80"})
        EXPECT_TRUE(complaint(text).starts_with("must be an address")) << text;
    for (const char* text : {"10.0.0.0/", "10.0.0.0/33", "10.0.0.0/8/8", "10.0.0.0/-1",
                             "10.0.0.0/ 8", "10.0.0.0/99999999999"})
        EXPECT_EQ(complaint(text), "must have a number of bits up to 32 behind the /") << text;
    EXPECT_EQ(complaint("::/129"), "must have a number of bits up to 128 behind the /");
    EXPECT_EQ(complaint("10.1.2.3/8"), "names a host of a range; the range is 10.0.0.0/8");
    EXPECT_EQ(complaint("::1/64"), "names a host of a range; the range is ::/64");
}

TEST(ip_prefix, many_contain_what_one_of_them_does)
{
    const ip_prefixes both{ip_prefix::parse("10.0.0.0/8"), ip_prefix::parse("::1")};
    EXPECT_TRUE(contain(both, *ip_address::parse("10.1.1.1")));
    EXPECT_TRUE(contain(both, *ip_address::parse("::1")));
    EXPECT_FALSE(contain(both, *ip_address::parse("127.0.0.1")));
    EXPECT_FALSE(contain({}, *ip_address::parse("127.0.0.1")));
}

} // namespace
} // namespace cresset::base
