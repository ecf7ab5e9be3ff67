#include "net/listener.hpp"
#include "net/listener_group.hpp"
#include "support/loopback.hpp"
#include "support/sockets.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <poll.h>
#include <vector>

namespace cresset::net {
namespace {

using tests::descriptor;
using tests::loopback;

// How many of so many new connections each socket gets.
std::vector<int> shares_of(const std::vector<owned_socket>& listening, const endpoint& at,
                           int connections)
{
    std::vector<int> shares(listening.size());
    for (int i = 0; i < connections; ++i) {
        const descriptor client(
            tests::check_call(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
        tests::check_call(::connect(client.get(), at.address(), at.size()), "connect");
        for (std::size_t s = 0; s < listening.size(); ++s) {
            const descriptor accepted(
                ::accept4(listening[s].get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
            shares[s] += accepted.get() >= 0;
        }
    }
    return shares;
}

TEST(count_listeners, counts_those_on_the_address_and_no_others)
{
    for (const char* host : {"127.0.0.1", "::1", "0.0.0.0"}) {
        endpoint at = endpoint::resolve(host, 0);
        endpoint other = endpoint::resolve(host, 0);
        const auto others = open_listeners(other, 1);
        const auto three = open_listeners(at, 3);
        EXPECT_EQ(count_listeners(at), 3u) << host;
        EXPECT_EQ(count_listeners(other), 1u) << host;
    }
    endpoint closed = loopback();
    open_listeners(closed, 1);
    EXPECT_EQ(count_listeners(closed), 0u);
}

TEST(steer_connections, sends_all_to_those_that_came_later)
{
    endpoint at = loopback();
    auto sockets = open_listeners(at, 2);
    auto later = open_more_listeners(at, 2);
    for (owned_socket& socket : later)
        sockets.push_back(std::move(socket));
    std::vector<int> shares = shares_of(sockets, at, 200);
    for (const int share : shares)
        EXPECT_GT(share, 0); // without steering all have some
    steer_connections(sockets[2].get(), 2, 2);
    shares = shares_of(sockets, at, 200);
    EXPECT_EQ(shares,
              (std::vector<int>{0, 0, 200, 0})); // the one that is in its place until the end
}

TEST(steer_connections, ends_by_itself_when_the_others_are_gone)
{
    endpoint at = loopback();
    auto first = open_listeners(at, 2);
    const auto later = open_more_listeners(at, 2);
    steer_connections(later[0].get(), 2, 2);
    first.clear();
    const std::vector<int> shares = shares_of(later, at, 200);
    EXPECT_EQ(shares[0] + shares[1], 200);
    EXPECT_GT(shares[0], 40);
    EXPECT_GT(shares[1], 40);
}

// Closed one by one, as the threads of a server close theirs.
TEST(steer_connections, sends_nothing_to_the_others_while_they_close)
{
    for (const std::size_t later_count : {2, 3, 5}) {
        endpoint at = loopback();
        auto earlier = open_listeners(at, 2);
        const auto later = open_more_listeners(at, static_cast<unsigned>(later_count));
        steer_connections(later[0].get(), 2, static_cast<unsigned>(later_count));
        while (!earlier.empty()) {
            const std::vector<int> shares = shares_of(later, at, 100);
            EXPECT_EQ(std::accumulate(shares.begin(), shares.end(), 0), 100) << later_count;
            for (const owned_socket& socket : earlier)
                EXPECT_LT(::accept(socket.get(), nullptr, nullptr), 0) << later_count;
            earlier.erase(earlier.begin());
        }
    }
}

TEST(share_listener, serves_one_socket_as_if_it_were_several)
{
    endpoint at = loopback();
    auto opened = open_listeners(at, 1);
    endpoint found = loopback();
    const auto sockets = share_listener(std::move(opened.front()), 3, found);
    EXPECT_EQ(found.to_string(), at.to_string());
    ASSERT_EQ(sockets.size(), 3u);
    const std::vector<int> shares = shares_of(sockets, at, 5);
    EXPECT_EQ(shares, (std::vector<int>{5, 0, 0})); // whoever asks first
}

} // namespace
} // namespace cresset::net
