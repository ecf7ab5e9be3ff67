// A link that is stopped, or sent to another server, in every state and from inside every call.

#include "link_fixture.hpp"
#include "support/fake_redis.hpp"
#include "support/redis_server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cresset::redis {
namespace {

using namespace std::chrono_literals;
using tests::fake_link;
using tests::fake_redis;

// Listens, and lets nobody in.
struct silent_port
{
    silent_port() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in at = tests::loopback_address(0);
        socklen_t size = sizeof at;
        auto* const any = reinterpret_cast<sockaddr*>(&at);
        tests::check_call(::bind(socket.get(), any, size), "bind");
        tests::check_call(::listen(socket.get(), 0), "listen");
        ::getsockname(socket.get(), any, &size);
        port = ntohs(at.sin_port);
        for (tests::descriptor& filler : fillers) {
            filler.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            ::connect(filler.get(), any, size);
        }
    }

    address where() const { return {"127.0.0.1", port}; }

    tests::descriptor socket;
    tests::descriptor fillers[4];
    std::uint16_t port = 0;
};

struct link_lifetime : link_in_loop
{
    // Stops it as in the middle of a turn, and destroys it after one.
    void stop()
    {
        run([this] { it->stop(); });
        thread.settle();
        run([this] { it = nullptr; });
        EXPECT_EQ(connections.size(), 0u);
        expect_nothing_more();
    }
};

using link_stop = link_lifetime;
using link_reconnect = link_lifetime;

TEST_F(link_stop, may_come_before_it_began_and_twice)
{
    run([this] {
        it = std::make_unique<link>(connections, settings, servers, owner);
        it->stop();
        it->stop();
    });
    stop();
}

TEST_F(link_stop, ends_the_waiting_for_a_server)
{
    run([this] {
        it = std::make_unique<link>(connections, settings, servers, owner);
        it->start();
    });
    stop();
}

TEST_F(link_stop, ends_connecting)
{
    const silent_port silent;
    start(silent.where());
    stop();
    expect_events({});
}

TEST_F(link_stop, ends_connecting_when_the_outcome_is_on_its_way)
{
    fake_redis server;
    run([&] {
        servers.now = server.where();
        it = std::make_unique<link>(connections, settings, servers, owner);
        it->start();
        it->stop();
    });
    stop();
    expect_events({});
}

TEST_F(link_stop, ends_greeting)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.accept();
    peer.read_greeting();
    stop();
    peer.wait_for_end();
    expect_events({});
}

TEST_F(link_stop, ends_a_link_that_is_up)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    stop();
    peer.wait_for_end();
    expect_events({"up"});
}

TEST_F(link_stop, ends_a_link_that_is_being_closed)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    run([this] {
        it->reconnect("for a while");
        it->stop();
    });
    stop();
    expect_events({"up"});
}

TEST_F(link_stop, ends_the_delay_before_the_next_try)
{
    start({"127.0.0.1", tests::free_port()});
    find_event("down");
    stop();
}

TEST_F(link_stop, ends_it_from_inside_up)
{
    fake_redis server;
    owner.up = [this] { it->stop(); };
    start(server.where());
    fake_link peer = server.accept();
    peer.read_greeting();
    peer.send("+OK\r\n+PONG\r\n:1\r\n");
    peer.wait_for_end();
    stop();
    expect_events({"up"});
}

TEST_F(link_stop, ends_it_from_inside_a_reply)
{
    fake_redis server;
    owner.replied = [this](const reply&) { it->stop(); };
    start(server.where());
    fake_link peer = server.greet();
    peer.send(":1\r\n:2\r\n");
    peer.wait_for_end();
    stop();
    expect_events({"up", "reply 1"});
}

TEST_F(link_stop, ends_it_from_inside_a_reply_before_garbage)
{
    fake_redis server;
    owner.replied = [this](const reply&) { it->stop(); };
    start(server.where());
    fake_link peer = server.greet();
    peer.send(":1\r\ngarbage");
    peer.wait_for_end();
    stop();
    expect_events({"up", "reply 1"});
}

TEST_F(link_stop, ends_it_from_inside_down)
{
    fake_redis server;
    owner.down = [this] { it->stop(); };
    start(server.where());
    server.greet().finish();
    expect_event(1, "down closed by the server");
    stop();
    expect_events({"up", "down closed by the server"});
}

TEST_F(link_stop, ends_it_from_inside_down_when_it_could_not_connect)
{
    owner.down = [this] { it->stop(); };
    start({"127.0.0.1", tests::free_port()});
    expect_event(0, "down Connection refused");
    stop();
    expect_events({"down Connection refused"});
}

TEST_F(link_stop, ends_it_from_inside_quiet)
{
    fake_redis server;
    owner.quiet = [this] { it->stop(); };
    start(server.where());
    fake_link peer = server.greet();
    expect_event(1, "quiet");
    stop();
    expect_events({"up", "quiet"});
}

TEST_F(link_stop, may_send_before_it)
{
    fake_redis server;
    owner.replied = [this](const reply&) {
        it->send(make_command({"lost"}));
        it->stop();
        it->send(make_command({"lost too"}));
    };
    start(server.where());
    fake_link peer = server.greet();
    peer.send(":1\r\n");
    EXPECT_EQ(peer.next(), "");
    stop();
}

TEST_F(link_reconnect, leaves_a_server_for_another)
{
    fake_redis one;
    fake_redis other;
    start(one.where());
    fake_link peer = one.greet();
    expect_up();
    run([&] {
        servers.now = other.where();
        it->reconnect("another master");
        EXPECT_FALSE(it->up());
        it->reconnect("again");
    });
    expect_event(1, "down another master");
    peer.wait_for_end();
    fake_link next = other.greet();
    expect_up(2);
    EXPECT_EQ(run([this] { return it->server(); }), other.where());
}

TEST_F(link_reconnect, ends_greeting)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.accept();
    run([this] { it->reconnect("another master"); });
    expect_event(0, "down another master");
    peer.wait_for_end();
    fake_link next = server.greet();
    expect_up(1);
}

TEST_F(link_reconnect, ends_connecting)
{
    const silent_port silent;
    fake_redis server;
    start(silent.where());
    run([&] {
        servers.now = server.where();
        it->reconnect("another master");
    });
    fake_link peer = server.greet();
    expect_up();
    EXPECT_EQ(run([this] { return connections.size(); }), 1u);
}

TEST_F(link_reconnect, ends_connecting_where_no_server_is_known_any_more)
{
    fake_redis left;
    fake_redis server;
    run([&] {
        servers.now = left.where();
        it = std::make_unique<link>(connections, settings, servers, owner);
        it->start();
        servers.now = {};
        it->reconnect("no master");
    });
    run([&] { servers.now = server.where(); });
    fake_link peer = server.greet();
    expect_up();
    EXPECT_EQ(run([this] { return it->server(); }), server.where());
    expect_events({"up"});
}

TEST_F(link_reconnect, changes_nothing_while_it_waits_or_is_stopped)
{
    const address nobody{"127.0.0.1", tests::free_port()};
    owner.down = [this] { it->reconnect("again"); };
    start(nobody);
    expect_event(0, "down Connection refused");
    expect_event(1, "down Connection refused");
    run([this] {
        it->stop();
        it->reconnect("never");
    });
    stop();
}

TEST_F(link_reconnect, may_come_from_inside_up)
{
    fake_redis server;
    owner.up = [this, once = true]() mutable {
        if (std::exchange(once, false))
            it->reconnect("not this one");
    };
    start(server.where());
    fake_link peer = server.accept();
    peer.read_greeting();
    peer.send("+OK\r\n+PONG\r\n:1\r\n");
    expect_event(1, "down not this one");
    fake_link next = server.greet();
    expect_up(2);
}

TEST_F(link_reconnect, may_come_from_inside_a_reply_whose_text_is_the_reason)
{
    fake_redis server;
    owner.replied = [this](const reply& r) { it->reconnect(r.text()); };
    start(server.where());
    fake_link peer = server.greet();
    peer.send("-ERR and why\r\n:2\r\n");
    expect_event(2, "down ERR and why");
    fake_link next = server.greet();
    expect_up(3);
    expect_events({"up", "reply -ERR and why", "down ERR and why", "up"});
}

TEST_F(link_reconnect, may_come_from_inside_quiet)
{
    fake_redis server;
    owner.quiet = [this, once = true]() mutable {
        if (std::exchange(once, false))
            it->reconnect("too quiet");
    };
    start(server.where());
    fake_link peer = server.greet();
    expect_event(2, "down too quiet");
    fake_link next = server.greet();
    expect_up(3);
}

} // namespace
} // namespace cresset::redis
