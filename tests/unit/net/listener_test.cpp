#include "net/listener.hpp"
#include "support/captured_stderr.hpp"
#include "support/loop_thread.hpp"
#include "support/loopback.hpp"
#include "support/sockets.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <utility>
#include <vector>

namespace cresset::net {
namespace {

using namespace std::chrono_literals;
using tests::descriptor;

using tests::loopback;

std::vector<descriptor> open_held(endpoint& at, unsigned count)
{
    std::vector<descriptor> held;
    for (owned_socket& socket : open_listeners(at, count))
        held.emplace_back(socket.release());
    return held;
}

descriptor connect_to(const endpoint& at)
{
    descriptor client(
        tests::check_call(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    tests::check_call(::connect(client.get(), at.address(), at.size()), "connect");
    return client;
}

endpoint local_address(int socket)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    return endpoint::of(address, size);
}

void expect_in_use(endpoint at)
{
    try {
        open_held(at, 1);
        ADD_FAILURE() << "opened " << at.to_string();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::address_in_use);
    }
}

TEST(open_listeners, takes_one_free_port_for_all)
{
    endpoint at = loopback();
    const auto sockets = open_held(at, 3);
    ASSERT_EQ(sockets.size(), 3u);
    EXPECT_NE(at.port(), 0);
    for (const descriptor& socket : sockets)
        EXPECT_EQ(local_address(socket.get()).port(), at.port());
}

TEST(open_listeners, takes_the_port_asked_for)
{
    endpoint at = loopback();
    open_held(at, 1); // and closes it
    endpoint again = loopback(at.port());
    EXPECT_EQ(open_held(again, 2).size(), 2u);
    EXPECT_EQ(again.port(), at.port());
}

TEST(open_listeners, listens_on_ipv6)
{
    endpoint at = endpoint::resolve("::1", 0);
    try {
        const auto sockets = open_held(at, 2);
        EXPECT_GE(connect_to(at).get(), 0);
    } catch (const std::system_error& error) {
        GTEST_SKIP() << "no IPv6 here: " << error.what();
    }
}

TEST(open_listeners, refuses_a_port_shared_with_other_reuseport_listeners)
{
    endpoint at = loopback();
    const auto sockets = open_held(at, 2);
    expect_in_use(at);
    expect_in_use(endpoint::resolve("0.0.0.0", at.port()));
}

TEST(open_listeners, refuses_a_port_with_another_kind_of_listener)
{
    descriptor other(tests::check_call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    const endpoint any = loopback();
    ASSERT_EQ(::bind(other.get(), any.address(), any.size()), 0);
    ASSERT_EQ(::listen(other.get(), 1), 0);
    expect_in_use(local_address(other.get()));
}

TEST(open_listeners, takes_a_port_at_once_whose_connections_are_in_time_wait)
{
    endpoint at = loopback();
    {
        const auto sockets = open_held(at, 1);
        descriptor client = connect_to(at);
        ASSERT_GE(::fcntl(sockets[0].get(), F_SETFL, 0), 0);
        descriptor server(::accept(sockets[0].get(), nullptr, nullptr));
        ASSERT_GE(server.get(), 0);
        server.reset(); // first, so that the wait is at the port of the listener
    }
    EXPECT_EQ(open_held(at, 1).size(), 1u);
}

struct accepted_connection
{
    std::size_t listener;
    std::string peer;
    std::shared_ptr<descriptor> socket;
};

// Listeners in one loop on one port.
struct listener_fixture : testing::Test
{
    void listen(unsigned count)
    {
        for (owned_socket& socket : open_listeners(at, count)) {
            const std::size_t index = listeners.size();
            listeners.push_back(std::make_unique<listener>(
                thread.loop(), std::move(socket), log,
                [this, index](int accepted, const endpoint& peer) {
                    all.add({index, peer.to_string(), std::make_shared<descriptor>(accepted)});
                }));
        }
        thread.start();
    }
    ~listener_fixture() override { thread.stop(); }

    base::log log{base::log_level::off, base::log_format::text};
    endpoint at = loopback();
    tests::loop_thread thread;
    std::vector<std::unique_ptr<listener>> listeners;
    tests::collected<accepted_connection> all;
};

using listener_in_loop = listener_fixture;

TEST_F(listener_in_loop, hands_over_non_blocking_sockets_with_their_peer)
{
    listen(1);
    const descriptor client = connect_to(at);
    const auto accepted = all.wait_for(1);
    ASSERT_EQ(accepted.size(), 1u);
    EXPECT_EQ(accepted[0].peer, local_address(client.get()).to_string());
    EXPECT_TRUE(::fcntl(accepted[0].socket->get(), F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(::fcntl(accepted[0].socket->get(), F_GETFD) & FD_CLOEXEC);
}

TEST_F(listener_in_loop, takes_more_at_once_than_it_accepts_in_a_turn)
{
    listen(1);
    std::vector<descriptor> clients;
    thread.run([&] { // the loop waits until all are in the backlog
        for (int i = 0; i < 150; ++i)
            clients.push_back(connect_to(at));
    });
    EXPECT_EQ(all.wait_for(150).size(), 150u);
}

TEST_F(listener_in_loop, shares_the_connections_with_the_others_of_its_port)
{
    listen(2);
    std::vector<descriptor> clients;
    for (int i = 0; i < 100; ++i)
        clients.push_back(connect_to(at));
    std::size_t of_each[2] = {0, 0};
    for (const auto& accepted : all.wait_for(100))
        ++of_each[accepted.listener];
    EXPECT_EQ(of_each[0] + of_each[1], 100u);
    EXPECT_GT(of_each[0], 0u);
    EXPECT_GT(of_each[1], 0u);
}

TEST_F(listener_in_loop, refuses_connections_once_stopped)
{
    listen(1);
    thread.run([this] {
        listeners[0]->stop();
        listeners[0]->stop();
    });
    EXPECT_THROW(connect_to(at), std::system_error);
}

TEST_F(listener_in_loop, may_be_stopped_by_its_acceptor)
{
    std::vector<owned_socket> sockets = open_listeners(at, 1);
    std::unique_ptr<listener> one;
    tests::event stopped;
    one = std::make_unique<listener>(thread.loop(), std::move(sockets[0]), log,
                                     [&](int accepted, const endpoint&) {
                                         descriptor held(accepted);
                                         one->stop();
                                         stopped.set();
                                     });
    thread.start();
    thread.run([&] {
        const descriptor a = connect_to(at);
        const descriptor b = connect_to(at);
    });
    EXPECT_TRUE(stopped.wait());
    thread.stop();
}

// Opens descriptors until there are none left.
std::vector<descriptor> use_up_descriptors()
{
    std::vector<descriptor> all;
    all.reserve(1000);
    for (;;) {
        const int d = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (d < 0)
            return all;
        all.emplace_back(d);
    }
}

struct turn_counter final : turn_end
{
    bool on_turn_end() override
    {
        ++turns;
        return false;
    }
    int turns = 0;
};

descriptor make_socket()
{
    return descriptor(
        tests::check_call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
}

// In a process of its own, because it takes all descriptors there are. The exit status tells.
[[noreturn]] void accept_without_descriptors()
{
    const rlimit limit{100, 100};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const tests::captured_stderr captured;
    base::log log(base::log_level::warn, base::log_format::text);
    event_loop loop;
    turn_counter turns;
    loop.add(turns);
    endpoint at = loopback();
    owned_socket socket = std::move(open_listeners(at, 1).front());
    descriptor clients[4] = {make_socket(), make_socket(), make_socket(), make_socket()};
    std::vector<descriptor> fillers;
    std::vector<descriptor> accepted;

    tests::test_timer free_them([&] {
        if (accepted.size() != 1)
            std::_Exit(2);
        fillers.clear();
    });
    tests::test_timer use_them([&] {
        fillers = use_up_descriptors();
        for (int i = 1; i < 4; ++i)
            ::connect(clients[i].get(), at.address(), at.size());
        loop.arm(free_them, 250ms); // two tries fail before
    });
    listener waiting(loop, std::move(socket), log, [&](int connection, const endpoint&) {
        accepted.emplace_back(connection);
        if (accepted.size() == 1)
            loop.arm(use_them, 0ms);
        if (accepted.size() == 4)
            loop.stop();
    });
    // The sanitizer opens a pipe for a type that it meets for the first time: it must know them all
    // before there are no descriptors left.
    log.warn("before");
    loop.arm(waiting, 0ms);
    ::connect(clients[0].get(), at.address(), at.size());
    loop.run();
    if (turns.turns > 20)
        std::_Exit(3); // it spun
    if (tests::count_of(captured.text(), "new connections wait") != 1)
        std::_Exit(4);
    std::_Exit(0);
}

using listener_death_test = listener_fixture;

TEST_F(listener_death_test, waits_without_spinning_while_there_are_no_descriptors)
{
    EXPECT_EXIT(accept_without_descriptors(), testing::ExitedWithCode(0), "");
}

} // namespace
} // namespace cresset::net
