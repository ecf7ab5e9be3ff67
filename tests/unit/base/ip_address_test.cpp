#include "base/ip_address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::base {
namespace {

std::string read(std::string_view text)
{
    const auto address = ip_address::parse(text);
    return address ? address->to_string() : "none";
}

TEST(ip_address, is_read_and_written)
{
    EXPECT_EQ(read("203.0.113.9"), "203.0.113.9");
    EXPECT_EQ(read("255.255.255.255"), "255.255.255.255");
    EXPECT_EQ(read("2001:0DB8:0:0::9"), "2001:db8::9");
    EXPECT_EQ(read("::"), "::");
    EXPECT_EQ(read("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
              "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST(ip_address, of_ipv4_is_the_same_mapped_into_ipv6)
{
    EXPECT_EQ(ip_address::parse("::ffff:203.0.113.9"), ip_address::parse("203.0.113.9"));
    EXPECT_EQ(read("::ffff:cb00:7109"), "203.0.113.9");
    EXPECT_TRUE(ip_address::parse("::ffff:203.0.113.9")->is_v4());
    EXPECT_FALSE(ip_address::parse("::203.0.113.9")->is_v4());
    EXPECT_FALSE(ip_address().is_v4());
}

TEST(ip_address, is_made_of_bytes_of_the_network)
{
    EXPECT_EQ(ip_address::v4("\xcb\x00\x71\x09").to_string(), "203.0.113.9");
    EXPECT_EQ(ip_address::v6("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09").to_string(),
              "2001:db8::9");
}

TEST(ip_address, is_nothing_but_an_address)
{
    for (const char* text :
         {"",           " ",         "127.1",
          "1.2.3",      "1.2.3.4.5", "01.2.3.4",
          "1.2.3.256",  "1.2.3.4 ",  " 1.2.3.4",
          "1.2.3.4:80", "[::1]",     "::1%lo",
          ":::",        "1::2::3",   "0x7f.0.0.1",
          "2130706433", "unknown",   "localhost",
          "1.2.3.4/8",  "12345::",   "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555"})
        EXPECT_EQ(read(text), "none") << text;
    EXPECT_EQ(read(std::string_view("1.2.3.4\0", 8)), "none");
    EXPECT_EQ(read(std::string(5000, '1')), "none");
}

} // namespace
} // namespace cresset::base
