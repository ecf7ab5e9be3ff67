#include "net/endpoint.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <netinet/in.h>
#include <stdexcept>
#include <string>

namespace cresset::net {
namespace {

TEST(endpoint, resolves_ipv4)
{
    const endpoint e = endpoint::resolve("127.0.0.1", 3000);
    EXPECT_EQ(e.family(), AF_INET);
    EXPECT_EQ(e.port(), 3000);
    EXPECT_EQ(e.to_string(), "127.0.0.1:3000");
    EXPECT_EQ(e.size(), sizeof(sockaddr_in));
}

TEST(endpoint, resolves_ipv6)
{
    const endpoint e = endpoint::resolve("::1", 65535);
    EXPECT_EQ(e.family(), AF_INET6);
    EXPECT_EQ(e.port(), 65535);
    EXPECT_EQ(e.to_string(), "[::1]:65535");
    EXPECT_EQ(e.size(), sizeof(sockaddr_in6));
}

TEST(endpoint, resolves_a_name)
{
    EXPECT_TRUE(endpoint::resolve("localhost", 1).is_loopback());
}

TEST(endpoint, knows_loopback)
{
    for (const char* host : {"127.0.0.1", "127.255.255.254", "::1"})
        EXPECT_TRUE(endpoint::resolve(host, 1).is_loopback()) << host;
    for (const char* host :
         {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "126.255.255.255", "fe80::1"})
        EXPECT_FALSE(endpoint::resolve(host, 1).is_loopback()) << host;
    EXPECT_FALSE(endpoint().is_loopback());
}

TEST(endpoint, changes_its_port)
{
    for (const char* host : {"127.0.0.1", "::1"}) {
        endpoint e = endpoint::resolve(host, 1);
        e.set_port(50'000);
        EXPECT_EQ(e.port(), 50'000);
    }
}

TEST(endpoint, is_made_of_a_socket_address)
{
    const endpoint original = endpoint::resolve("192.0.2.1", 80);
    sockaddr_storage storage{};
    std::memcpy(&storage, original.address(), original.size());
    EXPECT_EQ(endpoint::of(storage, original.size()).to_string(), "192.0.2.1:80");
}

TEST(endpoint, has_an_address)
{
    EXPECT_EQ(endpoint::resolve("192.0.2.1", 80).ip().to_string(), "192.0.2.1");
    EXPECT_EQ(endpoint::resolve("2001:db8::1", 80).ip().to_string(), "2001:db8::1");
    EXPECT_EQ(endpoint::resolve("::ffff:192.0.2.1", 80).ip().to_string(), "192.0.2.1");
}

TEST(endpoint, tells_which_host_it_cannot_resolve)
{
    for (const std::string host : {"", "a..b", "127.0.0.1:80", "[::1]"}) {
        try {
            endpoint::resolve(host, 1);
            ADD_FAILURE() << host;
        } catch (const std::runtime_error& error) {
            EXPECT_NE(std::string(error.what()).find('"' + host + '"'), std::string::npos)
                << error.what();
        }
    }
}

} // namespace
} // namespace cresset::net
