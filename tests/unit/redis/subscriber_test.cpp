// Subscribers against a Redis of the test's own.

#include "subscriber_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace cresset::redis {
namespace {

using namespace std::chrono_literals;
using tests::redis_client;
using tests::redis_server;

struct subscriber_to_redis : subscriber_in_loop
{
    void publish(const std::string& channel, const std::string& payload)
    {
        server.cli({"PUBLISH", channel, payload});
    }

    // Asked until it is so: Redis confirms before it tells, but we don't see when.
    std::size_t subscribed()
    {
        const std::string all = server.cli({"PUBSUB", "CHANNELS"});
        return all == "[]" ? 0
                           : static_cast<std::size_t>(std::count(all.begin(), all.end(), ',') + 1);
    }

    // What was asked for before has been told to Redis, and confirmed.
    void sync()
    {
        const std::string channel = "sync" + std::to_string(++syncs);
        want({channel});
        for (;;) {
            if (server.cli({"PUBLISH", channel, ""}) == "1")
                break;
            thread.settle();
        }
        unwant({channel});
        while (server.cli({"PUBLISH", channel, ""}) != "0")
            thread.settle();
        find_event(channel + ": ");
    }

    redis_server server;
    int syncs = 0;
};

TEST_F(subscriber_to_redis, is_up_with_nothing_wanted)
{
    start(server.where());
    expect_up();
    EXPECT_TRUE(complete());
    EXPECT_EQ(subscribed(), 0u);
}

TEST_F(subscriber_to_redis, is_up_when_all_is_subscribed)
{
    make(server.where());
    want({"a", "b"});
    run([this] {
        it->start();
        EXPECT_FALSE(it->complete());
    });
    expect_up();
    EXPECT_TRUE(complete());
    EXPECT_EQ(server.cli({"PUBSUB", "NUMSUB", "a", "b", "c"}), "[\"a\", 1, \"b\", 1, \"c\", 0]");
    publish("a", "1");
    publish("b", "2");
    expect_events({"up", "a: 1", "b: 2"});
}

TEST_F(subscriber_to_redis, subscribes_later_too_and_ends_it)
{
    start(server.where(), {"a"});
    expect_up();
    want({"b"});
    unwant({"a"});
    sync();
    publish("a", "not any more");
    publish("b", "1");
    const std::size_t place = find_event("b: 1");
    for (std::size_t i = 0; i < place; ++i)
        EXPECT_EQ(event(i).find("not any more"), std::string::npos);
    EXPECT_EQ(run([this] { return it->wanted(); }), 1u);
}

TEST_F(subscriber_to_redis, takes_names_and_payloads_of_any_bytes)
{
    const std::string name(" \0\r\n{}*", 7);
    start(server.where(), {name});
    expect_up();
    const std::string payload("$-1\r\n\0", 6);
    publish(name, payload);
    expect_event(1, name + ": " + payload);
    publish(name, "");
    expect_event(2, name + ": ");
}

TEST_F(subscriber_to_redis, takes_patterns_and_shards_beside_channels)
{
    make(server.where());
    want({"c"}, kind::channel);
    want({"p:*"}, kind::pattern);
    want({"s"}, kind::shard);
    want({"c2"}, kind::channel);
    run([this] { it->start(); });
    expect_up();
    publish("c", "1");
    publish("p:x", "2"); // told under the channel's name
    server.cli({"SPUBLISH", "s", "3"});
    publish("c2", "4");
    expect_events({"up", "c: 1", "p:x: 2", "s: 3", "c2: 4"});
    unwant({"p:*"}, kind::pattern);
    unwant({"s"}, kind::shard);
    unwant({"s"}, kind::channel); // not wanted
    sync();
    EXPECT_EQ(server.cli({"PUBSUB", "NUMPAT"}), "0");
    EXPECT_EQ(server.cli({"PUBSUB", "SHARDNUMSUB", "s"}), "[\"s\", 0]");
    EXPECT_EQ(run([this] { return it->wanted(); }), 2u);
}

TEST_F(subscriber_to_redis, has_the_same_name_as_channel_and_pattern)
{
    start(server.where(), {"a"});
    want({"a"}, kind::pattern);
    expect_up();
    sync();
    publish("a", "1");
    const std::size_t place = find_event("a: 1");
    expect_event(place + 1, "a: 1");
    unwant({"a"}, kind::channel);
    sync();
    publish("a", "2");
    publish("a", "3");
    const std::size_t two = find_event("a: 2", place);
    expect_event(two + 1, "a: 3");
}

TEST_F(subscriber_to_redis, subscribes_to_many)
{
    const auto many = numbered("c", 5'000);
    start(server.where(), many);
    expect_up();
    EXPECT_EQ(subscribed(), 5'000u);
    publish("c4999", "x");
    expect_event(1, "c4999: x");
    unwant(many);
    sync();
    EXPECT_EQ(subscribed(), 0u);
}

TEST_F(subscriber_to_redis, subscribes_to_all_of_it_again_after_a_restart)
{
    make(server.where());
    want(numbered("c", 1'500));
    want({"p:*"}, kind::pattern);
    want({"s"}, kind::shard);
    run([this] { it->start(); });
    expect_up();
    for (int i = 0; i < 3; ++i) {
        const std::size_t before = events.now().size();
        server.kill();
        find_event("down ", before);
        EXPECT_FALSE(complete());
        unwant({"c" + std::to_string(i)}); // meanwhile
        want({"d" + std::to_string(i)});
        server.start();
        find_event("up", before);
        EXPECT_TRUE(complete());
        EXPECT_EQ(subscribed(), 1'500u);
        EXPECT_EQ(server.cli({"PUBSUB", "NUMPAT"}), "1");
        EXPECT_EQ(server.cli({"PUBSUB", "SHARDNUMSUB", "s"}), "[\"s\", 1]");
    }
    publish("c2", "nobody");
    publish("d2", "x");
    find_event("d2: x");
}

TEST_F(subscriber_to_redis, finds_what_is_forbidden_among_many)
{
    server.cli({"ACL", "SETUSER", "app", "on", ">secret", "resetchannels", "&c*", "+@all"});
    settings.user = "app";
    settings.password = "secret";
    auto many = numbered("c", 511);
    many.insert(many.begin() + 300, "forbidden");
    const auto more = numbered("c:more", 600);
    many.insert(many.end(), more.begin(), more.end());
    start(server.where(), many);
    EXPECT_TRUE(event(0).starts_with("refused forbidden: NOPERM ")) << event(0);
    expect_up(1);
    EXPECT_TRUE(complete());
    EXPECT_EQ(subscribed(), 1'111u);
    want(numbered("c:late", 10));
    want({"forbidden too"});
    want(numbered("c:later", 10));
    EXPECT_TRUE(event(2).starts_with("refused forbidden too: NOPERM ")) << event(2);
    while (subscribed() != 1'131)
        thread.settle();
    expect_nothing_more(); // and is not asked again on this link
    server.cli({"CLIENT", "KILL", "TYPE", "pubsub"});
    const std::size_t down = find_event("down ", 3);
    EXPECT_TRUE(event(down + 1).starts_with("refused forbidden"));
    EXPECT_TRUE(event(down + 2).starts_with("refused forbidden"));
    find_event("up", down);
    EXPECT_EQ(subscribed(), 1'131u);
}

TEST_F(subscriber_to_redis, ends_at_what_is_wanted_however_fast_that_changes)
{
    start(server.where());
    expect_up();
    std::minstd_rand random(1);
    std::set<std::string> expected;
    for (int turn = 0; turn < 200; ++turn) {
        run([&] {
            for (int i = 0; i < 100; ++i) {
                const std::string name = "c" + std::to_string(random() % 300);
                if (random() % 2 == 0) {
                    it->want(name);
                    expected.insert(name);
                } else {
                    it->unwant(name);
                    expected.erase(name);
                }
            }
        });
        if (turn == 100)
            server.cli({"CLIENT", "KILL", "TYPE", "pubsub"});
    }
    find_event("up", find_event("down"));
    sync();
    EXPECT_EQ(run([this] { return it->wanted(); }), expected.size());
    EXPECT_EQ(subscribed(), expected.size());
    for (const std::string& name : expected)
        EXPECT_EQ(server.cli({"PUBLISH", name, ""}), "1") << name;
}

TEST_F(subscriber_to_redis, asks_for_a_sign_of_life_with_and_without_subscriptions)
{
    redis_client monitor(server.port());
    monitor.ask({"MONITOR"});
    settings.silence_max = 1'500ms;
    start(server.where());
    const auto wait_for_pings = [&](int count) {
        while (count > 0)
            count -= monitor.next().find("\"PING\"") != std::string::npos ? 1 : 0;
    };
    wait_for_pings(1 + 2); // one of the greeting
    want({"a"});
    wait_for_pings(2);
    expect_up();
    publish("a", "still here");
    expect_events({"up", "a: still here"});
}

} // namespace
} // namespace cresset::redis
