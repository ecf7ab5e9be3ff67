#include "loop_fixture.hpp"
#include "redis/pubsub_bus.hpp"
#include "support/certificates.hpp"
#include "support/fake_redis.hpp"
#include "support/redis_server.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace cresset::redis {
namespace {

using namespace std::chrono_literals;
using tests::fake_link;
using tests::fake_redis;
using tests::redis_client;
using tests::redis_server;
using accepted = publisher::accepted;

// Events are "CHANNEL: PAYLOAD", "refused WHAT: ERROR", "change", "change WHY".
struct bus_in_loop : loop_fixture<bus>, bus::observer
{
    void make(const std::string& where, bus_kind kind = bus_kind::pubsub)
    {
        run([&] {
            how.where = url::parse(where);
            it = make_bus(kind, connections, how, *this);
        });
    }

    void start(const std::string& where, bus_kind kind = bus_kind::pubsub)
    {
        make(where, kind);
        run([this] { it->start(); });
    }

    static std::string url_of(const redis_server& server)
    {
        return "redis://" + server.where().to_string();
    }

    void want(const std::string& channel)
    {
        run([&] { it->want(channel, subscription_kind::channel); });
    }

    // Both links are up: each told it.
    void expect_complete(std::size_t from = 0)
    {
        while (!run([this] { return it->complete(); }))
            if (from = find_event("change", from) + 1; HasFailure())
                return;
    }

    void expect_round_trip(const std::string& payload)
    {
        const std::size_t before = events.now().size();
        EXPECT_EQ(it->publish("a", payload), accepted::handed);
        find_event("a: " + payload, before);
    }

    void on_message(std::string_view channel, std::string_view payload) override
    {
        events.add(std::string(channel) + ": " + std::string(payload));
        when_message();
    }
    void on_refused(std::string_view what, std::string_view error) override
    {
        events.add("refused " + std::string(what) + ": " + std::string(error));
    }
    void on_change(std::string_view why) override
    {
        events.add("change" + (why.empty() ? std::string() : ' ' + std::string(why)));
        when_changed();
    }

    options how;
    std::function<void()> when_message = [] {};
    std::function<void()> when_changed = [] {};
};

using bus_over = bus_in_loop;
using bus_stop = bus_in_loop;

TEST_F(bus_over, one_server_carries_both_ways)
{
    redis_server server;
    make(url_of(server));
    want("a");
    EXPECT_FALSE(run([this] { return it->can_publish(); }));
    run([this] { it->start(); });
    expect_complete();
    EXPECT_TRUE(run([this] { return it->can_publish(); }));
    expect_round_trip("1");
    server.cli({"PUBLISH", "a", "2"});
    find_event("a: 2");
    run([this] { it->unwant("a", subscription_kind::channel); });
    want("b");
    it->publish("a", "3", [this](publish_outcome) { events.add("answered"); });
    find_event("answered");
    while (server.cli({"PUBLISH", "b", "4"}) == "0")
        thread.settle();
    find_event("b: 4");
    for (const std::string& e : events.now())
        EXPECT_NE(e, "a: 3");
    EXPECT_EQ(it->counts().taken, 2u);
}

TEST_F(bus_over, a_server_that_is_killed_and_restarted)
{
    redis_server server;
    make(url_of(server));
    want("a");
    run([this] { it->start(); });
    expect_complete();
    for (int i = 0; i < 3; ++i) {
        const std::size_t before = events.now().size();
        server.kill();
        const std::size_t first = find_event("change closed by the server", before);
        find_event("change closed by the server", first + 1); // each link
        EXPECT_FALSE(run([this] { return it->complete() || it->can_publish(); }));
        EXPECT_EQ(it->publish("a", "waits " + std::to_string(i)), accepted::waiting);
        server.start();
        expect_complete(before);
        expect_round_trip("after " + std::to_string(i));
    }
}

TEST_F(bus_over, a_server_with_a_user_and_a_database_over_tls)
{
    tests::certificates files;
    files.sign("server", "IP:127.0.0.1,DNS:localhost");
    redis_server server({"--user", "app", "on", ">secret", "+@all", "&*"}, &files);
    how.tls.ca_file = files.ca_file();
    make("rediss://app:secret@localhost:" + std::to_string(server.tls_port()) + "/3");
    want("a");
    run([this] { it->start(); });
    expect_complete();
    expect_round_trip("1");
    const std::string clients = server.cli({"CLIENT", "LIST"});
    EXPECT_NE(clients.find(" db=3 "), std::string::npos) << clients;
    EXPECT_NE(clients.find(" name=cresset "), std::string::npos) << clients;
}

TEST_F(bus_over, a_server_that_refuses_both_ways)
{
    redis_server server({"--user", "app", "on", ">secret", "+@all", "resetchannels", "&allowed"});
    make("redis://app:secret@" + server.where().to_string());
    want("forbidden");
    want("allowed");
    run([this] { it->start(); });
    const std::size_t subscribe = find_event("refused forbidden: NOPERM ");
    expect_complete();
    it->publish("forbidden", "x");
    find_event("refused PUBLISH: NOPERM ", subscribe);
    it->publish("allowed", "x");
    find_event("allowed: x");
}

TEST_F(bus_over, a_server_that_it_leaves_for_itself)
{
    redis_server server;
    make(url_of(server));
    want("a");
    run([this] { it->start(); });
    expect_complete();
    const std::size_t before = events.now().size();
    run([this] { it->reconnect("it has dried up"); });
    const std::size_t first = find_event("change it has dried up", before);
    find_event("change it has dried up", first + 1);
    expect_complete(before);
    expect_round_trip("1");
}

TEST_F(bus_over, a_server_of_an_emitter_has_one_link)
{
    redis_server server;
    start(url_of(server), bus_kind::publish_only);
    expect_complete();
    redis_client subscriber(server.port());
    subscriber.ask({"SUBSCRIBE", "a"});
    it->publish("a", "1");
    EXPECT_EQ(subscriber.next(), "[\"message\", \"a\", \"1\"]");
    EXPECT_EQ(run([this] { return connections.size(); }), 1u);
    run([this] { it->reconnect("so"); });
    find_event("change so");
}

TEST_F(bus_over, a_server_holds_what_it_is_told_to_hold)
{
    redis_server server;
    make(url_of(server));
    want("a");
    run([this] {
        it->hold(true);
        it->start();
    });
    expect_complete();
    it->publish("a", "later");
    server.cli({"PUBLISH", "a", "sooner"});
    const std::size_t sooner = find_event("a: sooner");
    EXPECT_GT(it->counts().queued_bytes, 0u);
    run([this] { it->hold(false); });
    expect_event(sooner + 1, "a: later");
}

TEST_F(bus_over, sentinels_follows_the_master)
{
    redis_server one;
    redis_server two;
    fake_redis sentinel;
    const auto answer = [](const redis_server& master) {
        const std::string port = std::to_string(master.port());
        return "*2\r\n$9\r\n127.0.0.1\r\n$" + std::to_string(port.size()) + "\r\n" + port + "\r\n";
    };
    make("redis+sentinel://" + sentinel.where().to_string() + "/mymaster");
    want("a");
    run([this] { it->start(); });
    fake_link peer = sentinel.greet();
    peer.next();
    peer.send(answer(one));
    expect_complete();
    expect_round_trip("of one");
    one.cli({"REPLICAOF", "127.0.0.1", std::to_string(two.port())});
    const std::size_t before = events.now().size();
    peer.next();
    peer.send(answer(two));
    const std::size_t first = find_event("change another master", before);
    find_event("change another master", first + 1);
    expect_complete(before);
    expect_round_trip("of two");
    EXPECT_EQ(two.cli({"PUBSUB", "NUMSUB", "a"}), "[\"a\", 1]");
}

TEST_F(bus_over, a_cluster_uses_different_nodes_and_does_not_mind_a_change)
{
    redis_server node({"--cluster-enabled", "yes"});
    node.cli({"CLUSTER", "ADDSLOTSRANGE", "0", "16383"});
    make("redis+cluster://" + node.where().to_string());
    want("a");
    run([this] { it->start(); });
    expect_complete();
    expect_round_trip("1");
    const std::size_t before = events.now().size();
    node.cli({"CLUSTER", "DELSLOTS", "0"}); // the map is another one
    expect_round_trip("2");
    for (const std::string& e : events.now())
        EXPECT_NE(e, "change another master");
    EXPECT_GT(events.now().size(), before);
}

TEST_F(bus_stop, ends_it_in_the_middle_of_everything)
{
    redis_server server;
    make(url_of(server));
    want("a");
    run([this] { it->start(); });
    expect_complete();
    for (int i = 0; i < 1'000; ++i)
        it->publish("a", std::to_string(i));
    run([this] {
        it->want("b", subscription_kind::channel);
        it->stop();
    });
    EXPECT_EQ(it->publish("a", "late"), accepted::lost);
    EXPECT_FALSE(run([this] { return it->complete() || it->can_publish(); }));
    thread.settle();
    EXPECT_EQ(run([this] { return connections.size(); }), 0u);
    expect_nothing_more();
}

TEST_F(bus_stop, may_come_before_start_and_before_it_is_up)
{
    make("redis://127.0.0.1:" + std::to_string(tests::free_port()));
    run([this] { it->stop(); });
    end();
    fake_redis silent;
    start("redis://" + silent.where().to_string());
    fake_link one = silent.accept();
    run([this] { it->stop(); });
    expect_nothing_more();
}

TEST_F(bus_stop, may_come_from_inside_a_message)
{
    redis_server server;
    when_message = [this] { it->stop(); };
    make(url_of(server));
    want("a");
    run([this] { it->start(); });
    expect_complete();
    server.cli({"PUBLISH", "a", "1"});
    server.cli({"PUBLISH", "a", "2"});
    find_event("a: 1");
    expect_nothing_more();
    EXPECT_EQ(events.now().back(), "a: 1");
}

TEST_F(bus_stop, may_come_from_inside_a_change_for_the_better)
{
    redis_server server;
    when_changed = [this] { it->stop(); };
    start(url_of(server));
    expect_events({"change"});
    expect_nothing_more();
}

TEST_F(bus_stop, may_come_from_inside_a_change_for_the_worse)
{
    redis_server server;
    start(url_of(server));
    expect_complete();
    run([this] { when_changed = [this] { it->stop(); }; });
    server.kill();
    find_event("change closed by the server");
    expect_nothing_more();
}

} // namespace
} // namespace cresset::redis
