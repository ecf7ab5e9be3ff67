#include "loop_fixture.hpp"
#include "redis/sentinel_watch.hpp"
#include "support/fake_redis.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace cresset::redis {
namespace {

using tests::fake_link;
using tests::fake_redis;

std::string answer(const std::string& host, const std::string& port)
{
    return "*2\r\n$" + std::to_string(host.size()) + "\r\n" + host + "\r\n$" +
           std::to_string(port.size()) + "\r\n" + port + "\r\n";
}

// Events are "changed".
struct sentinel_in_loop : loop_fixture<sentinel_watch>
{
    void start(const std::vector<address>& sentinels)
    {
        run([&] {
            it = std::make_unique<sentinel_watch>(connections, settings, sentinels, "mymaster",
                                                  [this] {
                                                      events.add("changed");
                                                      when_changed();
                                                  });
            it->start();
        });
    }

    std::string master()
    {
        return run([this] {
            const std::optional<address> a = it->next();
            return a ? a->to_string() : "nobody";
        });
    }

    // Waits until the answer before has been read: it is asked again then.
    static void wait_for_question(fake_link& peer)
    {
        EXPECT_EQ(peer.next(), "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster");
    }

    static fake_link greet(fake_redis& server)
    {
        fake_link peer = server.greet();
        wait_for_question(peer);
        return peer;
    }

    std::function<void()> when_changed = [] {};
};

using sentinel = sentinel_in_loop;

TEST_F(sentinel, names_the_master)
{
    fake_redis server;
    start({server.where()});
    EXPECT_EQ(master(), "nobody");
    fake_link peer = greet(server);
    peer.send(answer("10.0.0.1", "6379"));
    wait_for_question(peer);
    EXPECT_EQ(master(), "10.0.0.1:6379");
    expect_events({}); // the first one is no change
}

TEST_F(sentinel, names_another_master_after_a_failover)
{
    fake_redis server;
    start({server.where()});
    fake_link peer = greet(server);
    peer.send_by_byte(answer("10.0.0.1", "6379"));
    wait_for_question(peer);
    peer.send(answer("10.0.0.1", "6379"));
    wait_for_question(peer);
    expect_events({});
    peer.send(answer("10.0.0.1", "6380"));
    expect_event(0, "changed");
    EXPECT_EQ(master(), "10.0.0.1:6380");
    wait_for_question(peer);
    peer.send(answer("10.0.0.2", "6380"));
    expect_event(1, "changed");
    EXPECT_EQ(master(), "10.0.0.2:6380");
    expect_nothing_more();
}

TEST_F(sentinel, is_another_one_if_it_knows_no_master)
{
    for (const std::string& none :
         {std::string("*-1\r\n"), std::string("-ERR No such master with that name\r\n"),
          std::string("+OK\r\n"), std::string("*0\r\n"), std::string("*1\r\n$1\r\na\r\n"),
          answer("", "6379"), answer("a", "x"), answer("a", "0"), answer("a", "65536")}) {
        fake_redis one;
        fake_redis other;
        start({one.where(), other.where()});
        fake_link peer = greet(one);
        peer.send(none);
        peer.wait_for_end();
        fake_link next = greet(other);
        EXPECT_EQ(master(), "nobody") << none;
        next.send(answer("a", "1"));
        wait_for_question(next);
        EXPECT_EQ(master(), "a:1");
        end();
    }
    expect_events({});
}

TEST_F(sentinel, is_remembered_while_none_can_be_asked)
{
    fake_redis one;
    fake_redis other;
    start({one.where(), other.where()});
    fake_link peer = greet(one);
    peer.send(answer("a", "1"));
    wait_for_question(peer);
    peer.finish();
    fake_link next = other.accept();
    EXPECT_EQ(master(), "a:1");
    next.greet();
    wait_for_question(next);
    next.send(answer("b", "1"));
    expect_event(0, "changed");
}

TEST_F(sentinel, may_be_left_alone_from_inside_a_change)
{
    fake_redis server;
    when_changed = [this] { it->stop(); };
    start({server.where()});
    fake_link peer = greet(server);
    peer.send(answer("a", "1") + answer("b", "1") + answer("c", "1"));
    peer.wait_for_end();
    expect_events({"changed"});
}

} // namespace
} // namespace cresset::redis
