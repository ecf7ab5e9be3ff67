#include "http/forwarded_for.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cresset::http {
namespace {

using lines = std::vector<std::string>;

// Of a request by 10.0.0.5, where 10.0.0.0/8 and fd00::/8 are trusted.
std::string client(const lines& forwarded_for, const std::string& peer = "10.0.0.5")
{
    const base::ip_prefixes trusted{base::ip_prefix::parse("10.0.0.0/8"),
                                    base::ip_prefix::parse("fd00::/8")};
    request asked;
    for (const std::string& line : forwarded_for)
        asked.headers.push_back({"x-forwarded-FOR", line});
    asked.headers.push_back({"X-Forwarded-Fo", "198.51.100.1"});
    return client_of(asked, base::ip_address::parse(peer).value(), trusted).to_string();
}

TEST(forwarded_for, is_not_read_from_strangers)
{
    EXPECT_EQ(client({"203.0.113.9"}, "192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(client({"10.0.0.7"}, "192.0.2.1"), "192.0.2.1");
}

TEST(forwarded_for, names_the_client_of_a_proxy)
{
    EXPECT_EQ(client({"203.0.113.9"}), "203.0.113.9");
    EXPECT_EQ(client({"2001:db8::9"}), "2001:db8::9");
    EXPECT_EQ(client({"203.0.113.9"}, "fd00::1"), "203.0.113.9");
    EXPECT_EQ(client({"203.0.113.9"}, "::ffff:10.0.0.5"), "203.0.113.9");
    EXPECT_EQ(client({}), "10.0.0.5");
}

TEST(forwarded_for, is_read_from_the_end_as_far_as_it_is_trusted)
{
    EXPECT_EQ(client({"198.51.100.1, 203.0.113.9"}), "203.0.113.9");
    EXPECT_EQ(client({"198.51.100.1, 203.0.113.9, 10.0.0.7"}), "203.0.113.9");
    EXPECT_EQ(client({"10.1.1.1, 203.0.113.9, fd00::2,10.0.0.7"}), "203.0.113.9");
    EXPECT_EQ(client({"10.0.0.8, 10.0.0.7"}), "10.0.0.8"); // a client inside
}

TEST(forwarded_for, is_one_list_in_several_headers)
{
    EXPECT_EQ(client({"198.51.100.1", "203.0.113.9", "10.0.0.7"}), "203.0.113.9");
    EXPECT_EQ(client({"198.51.100.1, 203.0.113.9", "10.0.0.8, 10.0.0.7"}), "203.0.113.9");
    EXPECT_EQ(client({"203.0.113.9", "198.51.100.1"}), "198.51.100.1");
}

TEST(forwarded_for, may_have_ports_and_brackets)
{
    EXPECT_EQ(client({"203.0.113.9:51234"}), "203.0.113.9");
    EXPECT_EQ(client({"[2001:db8::9]"}), "2001:db8::9");
    EXPECT_EQ(client({"\t[2001:db8::9]:51234 , 10.0.0.7:1"}), "2001:db8::9");
}

// Whoever stands before it could have been made up.
TEST(forwarded_for, ends_where_a_proxy_named_no_address)
{
    for (const std::string hop : {"",
                                  " ",
                                  "unknown",
                                  "_hidden",
                                  "localhost",
                                  "203.0.113",
                                  "203.0.113.256",
                                  "203.0.113.9:",
                                  "203.0.113.9:x",
                                  "203.0.113.9:123456",
                                  "203.0.113.9 1",
                                  "[203.0.113.9]",
                                  "[2001:db8::9",
                                  "2001:db8::9]",
                                  "[2001:db8::9]x",
                                  "[2001:db8::9]:",
                                  "[]",
                                  "\"203.0.113.9\"",
                                  "unix:",
                                  ":80",
                                  "for=203.0.113.9",
                                  "10.0.0.0/8",
                                  "203.0.113.9;"}) {
        EXPECT_EQ(client({"198.51.100.1, " + hop}), "10.0.0.5") << hop;
        EXPECT_EQ(client({"198.51.100.1," + hop + ",10.0.0.7"}), "10.0.0.7") << hop;
        EXPECT_EQ(client({"198.51.100.1", hop}), "10.0.0.5") << hop;
    }
}

TEST(forwarded_for, may_be_long)
{
    std::string all = "198.51.100.1";
    for (int i = 0; i < 1000; ++i)
        all += ",10.0.0.7";
    EXPECT_EQ(client({all}), "198.51.100.1");
    EXPECT_EQ(client({std::string(4000, ',')}), "10.0.0.5");
}

} // namespace
} // namespace cresset::http
