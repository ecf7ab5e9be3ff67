#include "redis/url.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace cresset::redis {
namespace {

std::string refusal_of(const std::string& text)
{
    try {
        url::parse(text);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "taken";
}

void expect_refused(const std::string& text, const std::string& why)
{
    EXPECT_NE(refusal_of(text).find(why), std::string::npos)
        << '"' << text << "\": " << refusal_of(text);
}

TEST(url, has_defaults)
{
    const url u = url::parse("redis://localhost");
    EXPECT_EQ(u.kind, topology::single);
    EXPECT_FALSE(u.tls);
    EXPECT_EQ(u.addresses, (std::vector<address>{{"localhost", 6379}}));
    EXPECT_EQ(u.master_name, "");
    EXPECT_EQ(u.user, "");
    EXPECT_EQ(u.password, "");
    EXPECT_EQ(u.database, 0u);
}

TEST(url, says_everything_about_a_single_server)
{
    const url u = url::parse("rediss://app:secret@10.0.0.1:6380/15");
    EXPECT_EQ(u.kind, topology::single);
    EXPECT_TRUE(u.tls);
    EXPECT_EQ(u.addresses, (std::vector<address>{{"10.0.0.1", 6380}}));
    EXPECT_EQ(u.user, "app");
    EXPECT_EQ(u.password, "secret");
    EXPECT_EQ(u.database, 15u);
}

TEST(url, takes_a_password_of_the_default_user)
{
    const url u = url::parse("redis://:secret@h");
    EXPECT_EQ(u.user, "");
    EXPECT_EQ(u.password, "secret");
}

TEST(url, takes_an_empty_password)
{
    const url u = url::parse("redis://app:@h");
    EXPECT_EQ(u.user, "app");
    EXPECT_EQ(u.password, "");
}

TEST(url, decodes_user_and_password)
{
    const url u = url::parse("redis://a%3Ab:%2f%40%3a%25%20%C3%bc%00@h");
    EXPECT_EQ(u.user, "a:b");
    EXPECT_EQ(u.password, std::string("/@:% \xc3\xbc\0", 8));
}

TEST(url, takes_a_password_with_signs_that_need_no_encoding)
{
    const url u = url::parse("redis://app:a:b@c,d@h:1");
    EXPECT_EQ(u.user, "app");
    EXPECT_EQ(u.password, "a:b@c,d");
    EXPECT_EQ(u.addresses, (std::vector<address>{{"h", 1}}));
}

TEST(url, takes_ipv6_addresses_in_brackets)
{
    EXPECT_EQ(url::parse("redis://[::1]").addresses, (std::vector<address>{{"::1", 6379}}));
    EXPECT_EQ(url::parse("redis://:p@[fe80::1]:7/3").addresses,
              (std::vector<address>{{"fe80::1", 7}}));
}

TEST(url, takes_a_path_that_says_nothing)
{
    EXPECT_EQ(url::parse("redis://h/").database, 0u);
    EXPECT_EQ(url::parse("redis+cluster://h/").addresses.size(), 1u);
}

TEST(url, takes_sentinels_with_their_master)
{
    const url u = url::parse("redis+sentinel://app:secret@a,b:7,[::1]:8,[::2]/mymaster/4");
    EXPECT_EQ(u.kind, topology::sentinel);
    EXPECT_FALSE(u.tls);
    EXPECT_EQ(u.addresses,
              (std::vector<address>{{"a", 26379}, {"b", 7}, {"::1", 8}, {"::2", 26379}}));
    EXPECT_EQ(u.master_name, "mymaster");
    EXPECT_EQ(u.user, "app");
    EXPECT_EQ(u.password, "secret");
    EXPECT_EQ(u.database, 4u);
    EXPECT_EQ(url::parse("redis+sentinel://a/mymaster/").database, 0u);
    EXPECT_TRUE(url::parse("rediss+sentinel://a/mymaster").tls);
}

TEST(url, takes_nodes_of_a_cluster)
{
    const url u = url::parse("redis+cluster://:secret@a,b:7");
    EXPECT_EQ(u.kind, topology::cluster);
    EXPECT_FALSE(u.tls);
    EXPECT_EQ(u.addresses, (std::vector<address>{{"a", 6379}, {"b", 7}}));
    EXPECT_EQ(u.password, "secret");
    EXPECT_TRUE(url::parse("rediss+cluster://a").tls);
}

TEST(url, refuses_other_schemes)
{
    for (const char* text : {"http://h", "://h", "red://h", "r://h", "redi://h", "redisss://h",
                             "redis+://h", "redis+sentinels://h/m", "redis+cluster+x://h",
                             "REDIS://h", " redis://h", "unix:///tmp/redis.sock"})
        expect_refused(text, "the scheme must be");
    for (const char* text : {"", "h", "h:6379", "redis:/h", "redis:h", "redis"})
        expect_refused(text, "must begin with redis://");
}

TEST(url, refuses_hosts_that_are_none)
{
    for (const char* text : {"redis://", "redis:///", "redis:///0", "redis://:6379", "redis://u:p@",
                             "redis://[]", "redis://::1", "redis+cluster://,a",
                             "redis+cluster://a,,b", "redis+cluster://a,", "redis+sentinel:///m"})
        expect_refused(text, "a host is missing");
    expect_refused("redis://a,", "a host is missing");
    expect_refused("redis://[::1", "the ] of an IPv6 address is missing");
    expect_refused("redis://[::1]6379", "a port must follow");
    expect_refused("redis://[[]", "brackets are around");
    expect_refused("redis://a]", "brackets are around");
    expect_refused("redis://a,b", "several hosts");
}

TEST(url, refuses_ports_that_are_none)
{
    for (const char* text : {"redis://h:", "redis://h:0", "redis://h:65536", "redis://h:-1",
                             "redis://h:+1", "redis://h: 1", "redis://h:1x", "redis://h:1:2",
                             "redis://[::1]:", "redis://fe80::1", "redis+cluster://a:1,b:x"})
        expect_refused(text, "a port must be a number from 1 to 65535");
    EXPECT_EQ(url::parse("redis://h:65535").addresses[0].port, 65535);
    EXPECT_EQ(url::parse("redis://h:1").addresses[0].port, 1);
}

TEST(url, refuses_databases_that_are_none)
{
    for (const char* text : {"redis://h/x", "redis://h/-1", "redis://h/1/", "redis://h//1",
                             "redis://h/4294967296", "redis+sentinel://h/m/x"})
        expect_refused(text, "the database must be a number");
    expect_refused("redis+cluster://h/0", "a cluster has no databases");
}

TEST(url, refuses_sentinels_without_a_master)
{
    for (const char* text : {"redis+sentinel://h", "redis+sentinel://h/", "redis+sentinel://h//1"})
        expect_refused(text, "the name of the master must follow");
}

TEST(url, refuses_parameters)
{
    for (const char* text : {"redis://h?db=1", "redis://h/1?x", "redis://h#1"})
        expect_refused(text, "parameters behind ? or #");
}

TEST(url, refuses_credentials_that_are_half)
{
    expect_refused("redis://secret@h", "before the @ stands user:password");
    expect_refused("redis://@h", "before the @ stands user:password");
    for (const char* text :
         {"redis://:%@h", "redis://:%4@h", "redis://:%4g@h", "redis://%x1:p@h", "redis://:50%@h"})
        expect_refused(text, "% in the user or the password must begin %XX");
}

TEST(url, refuses_a_password_with_a_slash_that_is_not_encoded)
{
    for (const char* text :
         {"redis://:secret/word@h", "redis://app:/secret@h:1/2", "redis+sentinel://:sec/ret@a,b/m"})
        expect_refused(text, "must be written %2F");
}

TEST(url, never_shows_a_password_in_an_error)
{
    for (const char* text :
         {"http://:secret@h", "redis://secret@h", "redis://app:secret", "redis://:secret",
          "redis://:secret@", "redis://app:secret/0", "redis://:sec/secret@h", "redis://:secret%@h",
          "redis://app:secret@h:x", "redis://app:secret@h/x", "redis://app:secret@h?x",
          "redis://app:?secret@h", "redis://app:secret@a,b", "redis://app:secret@[::1",
          "redis+cluster://app:secret@h/0", "redis+sentinel://app:secret@h", "app:secret@h",
          "redis:///:secret@h", "redis://h:1/app:secret@h"}) {
        const std::string why = refusal_of(text);
        EXPECT_NE(why, "taken") << text;
        EXPECT_EQ(why.find("sec"), std::string::npos) << text << ": " << why;
    }
}

TEST(url, to_string_has_all_but_user_and_password)
{
    const auto again = [](const char* text) { return url::parse(text).to_string(); };
    EXPECT_EQ(again("redis://h"), "redis://h:6379");
    EXPECT_EQ(again("rediss://app:secret@[::1]:7/3"), "rediss://[::1]:7/3");
    EXPECT_EQ(again("redis+sentinel://:secret@a,b:7/mymaster"),
              "redis+sentinel://a:26379,b:7/mymaster");
    EXPECT_EQ(again("rediss+sentinel://:secret@a/mymaster/2"),
              "rediss+sentinel://a:26379/mymaster/2");
    EXPECT_EQ(again("redis+cluster://app:secret@a,b"), "redis+cluster://a:6379,b:6379");
    EXPECT_EQ(again("rediss+cluster://a"), "rediss+cluster://a:6379");
}

TEST(address, writes_what_it_reads)
{
    for (const char* text : {"127.0.0.1:6379", "[::1]:6379", "redis.example:1"})
        EXPECT_EQ(address::parse(text, 5).to_string(), text);
    EXPECT_EQ(address::parse("h", 5).to_string(), "h:5");
    EXPECT_EQ(address::parse("[::1]", 5).to_string(), "[::1]:5");
}

} // namespace
} // namespace cresset::redis
