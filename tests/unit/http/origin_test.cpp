#include "http/authority.hpp"
#include "http/origin.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::http {
namespace {

// "host port", "host", or "none".
std::string authority_of(std::string_view text)
{
    const auto parsed = parse_authority(text);
    if (!parsed)
        return "none";
    return parsed->host + (parsed->port ? ' ' + std::to_string(*parsed->port) : "");
}

// "scheme host port", or "none".
std::string origin_of(std::string_view text)
{
    const auto parsed = parse_origin(text);
    if (!parsed)
        return "none";
    return parsed->scheme + ' ' + parsed->host + ' ' + std::to_string(parsed->port);
}

TEST(authority, is_a_host_and_perhaps_a_port)
{
    EXPECT_EQ(authority_of("Chat.Example.COM"), "chat.example.com");
    EXPECT_EQ(authority_of("chat.example.com:8443"), "chat.example.com 8443");
    EXPECT_EQ(authority_of("localhost:65535"), "localhost 65535");
    EXPECT_EQ(authority_of("127.0.0.1:1"), "127.0.0.1 1");
    EXPECT_EQ(authority_of("[2001:DB8:0::1]"), "[2001:db8::1]");
    EXPECT_EQ(authority_of("[::1]:80"), "[::1] 80");
    EXPECT_EQ(authority_of("xn--bcher-kva.example"), "xn--bcher-kva.example");
    EXPECT_EQ(authority_of("under_score.example"), "under_score.example");
    EXPECT_EQ(authority_of("example.com."), "example.com."); // another host than without the dot
}

TEST(authority, is_nothing_more)
{
    for (const char* text : {"",
                             ":80",
                             "a:",
                             "a:0",
                             "a:080",
                             "a:65536",
                             "a:99999999999",
                             "a:8x",
                             "a: 80",
                             "a:-1",
                             "a:+1",
                             "a:*",
                             ".a",
                             "a..b",
                             ".",
                             "a b",
                             " a",
                             "a ",
                             "a@b",
                             "u:p@a",
                             "a,b",
                             "a/",
                             "a?",
                             "a#",
                             "a\\b",
                             "a%2eb",
                             "::1",
                             "[::1",
                             "::1]",
                             "[]",
                             "[1.2.3.4]",
                             "[::1]80",
                             "[::1]:",
                             "[::1%25lo]",
                             "[[::1]]",
                             "b\xc3\xbc"
                             "cher.example"})
        EXPECT_EQ(authority_of(text), "none") << text;
    EXPECT_EQ(authority_of(std::string_view("a\0", 2)), "none");
    EXPECT_EQ(authority_of(std::string(253, 'a')), std::string(253, 'a'));
    EXPECT_EQ(authority_of(std::string(254, 'a')), "none");
}

TEST(origin, has_the_port_of_its_scheme_unless_it_names_another)
{
    EXPECT_EQ(origin_of("https://example.com"), "https example.com 443");
    EXPECT_EQ(origin_of("https://example.com:443"), "https example.com 443");
    EXPECT_EQ(origin_of("http://example.com"), "http example.com 80");
    EXPECT_EQ(origin_of("HTTP://Example.com:8080"), "http example.com 8080");
    EXPECT_EQ(origin_of("capacitor://localhost"), "capacitor localhost 0");
    EXPECT_EQ(origin_of("moz-extension://0b8f"), "moz-extension 0b8f 0");
}

TEST(origin, is_scheme_host_and_port_alone)
{
    for (const char* text : {"",
                             "null",
                             "example.com",
                             "//example.com",
                             "://example.com",
                             "https:example.com",
                             "https:/example.com",
                             "https://",
                             "https:///example.com",
                             "https://example.com/",
                             "https://example.com/path",
                             "https://example.com?q",
                             "https://example.com#f",
                             "https://user@example.com",
                             "https://user:pass@example.com",
                             "https://example.com:",
                             "https://example.com https://b.example",
                             "https://a.example,https://b.example",
                             "1http://example.com",
                             "ht tp://example.com",
                             "https://example.com\t",
                             "file://"})
        EXPECT_EQ(origin_of(text), "none") << text;
}

} // namespace
} // namespace cresset::http
