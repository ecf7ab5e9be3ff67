#include "broker/redis_broker.hpp"
#include "broker_suite.hpp"
#include "support/captured_stderr.hpp"
#include "support/redis_server.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <stdexcept>

namespace cresset::broker {
namespace {

using std::chrono::milliseconds;

redis_broker_options options_for(const tests::redis_server& redis)
{
    redis_broker_options options;
    options.redis.where = redis::url::parse(redis.url());
    options.linger = milliseconds(200);
    return options;
}

// One Redis, and a broker for each node. The suite knows no interest, so they take everything.
struct redis_fleet
{
    broker& of_node(unsigned index)
    {
        while (brokers.size() <= index) {
            redis_broker_options options = options_for(redis);
            options.exact = false;
            brokers.emplace_back(options, log).start();
        }
        return brokers[index];
    }

    tests::redis_server redis;
    base::log log{base::log_level::off, base::log_format::text};
    std::deque<redis_broker> brokers;
};

INSTANTIATE_TYPED_TEST_SUITE_P(redis_broker, broker_suite, redis_fleet);

struct recording_node final : node
{
    explicit recording_node(std::string i) : id(std::move(i)) {}
    const std::string& server_id() const noexcept override { return id; }
    void on_node_message(const node_message& message) override
    {
        events.add(std::string(message.event));
    }

    std::string id;
    tests::collected<std::string> events;
};

using strings = std::vector<std::string>;

// Two nodes that subscribe to what they are told that they hold.
struct exact_fleet : testing::Test
{
    exact_fleet()
    {
        first.start();
        second.start();
        first.attach(a);
        second.attach(b);
    }
    ~exact_fleet() override
    {
        first.detach(a);
        second.detach(b);
    }

    // Until Redis has as many subscribers to the channel.
    void subscribers(const std::string& channel, int count)
    {
        const std::string wanted = "[\"" + channel + "\", " + std::to_string(count) + ']';
        until("subscribers to " + channel, [&] {
            return redis.cli({"PUBSUB", "NUMSUB", channel}) == wanted;
        });
    }

    template <typename Condition>
    static void until(const std::string& what, Condition holds)
    {
        const auto end = std::chrono::steady_clock::now() + tests::time_limit;
        while (!holds()) {
            ASSERT_LT(std::chrono::steady_clock::now(), end) << "never: " << what;
            std::this_thread::sleep_for(milliseconds(5));
        }
    }

    publish_status publish(redis_broker& from, const node& sender, target_kind kind,
                           std::string_view target, std::string_view event)
    {
        return from.publish({sender.server_id(), kind, target, event, "1", {}});
    }

    tests::redis_server redis;
    base::log log{base::log_level::off, base::log_format::text};
    recording_node a{"a"};
    recording_node b{"b"};
    redis_broker first{options_for(redis), log};
    redis_broker second{options_for(redis), log};
};

TEST_F(exact_fleet, hears_only_of_what_it_holds)
{
    second.add_interest(target_kind::room, "held");
    subscribers("ws:room:held", 1);
    publish(first, a, target_kind::room, "other", "not for b");
    publish(first, a, target_kind::user, "held", "nor this");
    publish(first, a, target_kind::room, "held", "for b");
    publish(first, a, target_kind::broadcast, {}, "for all");
    EXPECT_EQ(b.events.wait_for(2), (strings{"for b", "for all"}));
    EXPECT_EQ(second.counts().received, 2u);
}

TEST_F(exact_fleet, leaves_a_channel_a_while_after_the_last)
{
    second.add_interest(target_kind::user, "ada");
    second.add_interest(target_kind::user, "ada");
    subscribers("ws:user:ada", 1);
    second.remove_interest(target_kind::user, "ada");
    second.remove_interest(target_kind::user, "ada");
    subscribers("ws:user:ada", 0);
}

// Whoever asked knows then that messages come.
TEST_F(exact_fleet, is_settled_when_redis_has_confirmed_what_it_was_told)
{
    tests::collected<std::string> numbers;
    for (const char* room : {"a", "b", "c"}) {
        second.add_interest(target_kind::room, room);
        second.when_settled([this, &numbers, channel = std::string("ws:room:") + room] {
            numbers.add(redis.cli({"PUBSUB", "NUMSUB", channel}));
        });
    }
    EXPECT_EQ(numbers.wait_for(3),
              (strings{R"(["ws:room:a", 1])", R"(["ws:room:b", 1])", R"(["ws:room:c", 1])"}));
    tests::event nothing_new;
    second.when_settled([&] { nothing_new.set(); });
    EXPECT_TRUE(nothing_new.wait());
}

TEST_F(exact_fleet, waits_for_a_slow_redis_and_not_for_ever)
{
    std::chrono::steady_clock::time_point settled;
    tests::event over;
    redis.cli({"CLIENT", "PAUSE", "3000"});
    const auto asked = std::chrono::steady_clock::now();
    second.add_interest(target_kind::room, "slow");
    second.when_settled([&] {
        settled = std::chrono::steady_clock::now();
        over.set();
    });
    EXPECT_TRUE(over.wait());
    EXPECT_GE(settled - asked, milliseconds(1'500));
    EXPECT_TRUE(second.ready());
}

TEST_F(exact_fleet, is_settled_while_redis_is_away)
{
    tests::event over;
    redis.kill();
    until("the node knows", [this] { return !second.ready(); });
    second.add_interest(target_kind::room, "away");
    bool at_once = false;
    second.when_settled([&] { at_once = true; });
    EXPECT_TRUE(at_once);
}

// Not after the limit, which is for a Redis that is there.
TEST_F(exact_fleet, is_settled_when_redis_goes_away)
{
    tests::event over;
    redis.cli({"CLIENT", "PAUSE", "60000"});
    second.add_interest(target_kind::room, "slow");
    second.when_settled([&] { over.set(); });
    redis.kill();
    EXPECT_TRUE(over.wait());
    until("the node knows", [this] { return !second.ready(); });
}

TEST_F(exact_fleet, drops_and_counts_what_is_no_message)
{
    for (const char* nonsense : {"", "null", "{", "[]", "{\"serverId\":1,\"event\":\"x\"}"})
        redis.cli({"PUBLISH", "ws:broadcast", nonsense});
    publish(first, a, target_kind::broadcast, {}, "sense");
    EXPECT_EQ(b.events.wait_for(1), strings{"sense"});
    EXPECT_EQ(second.counts().invalid, 5u);
}

TEST_F(exact_fleet, drops_its_own_however_it_is_written)
{
    redis.cli({"PUBLISH", "ws:broadcast", R"({"event":"mine","type":"broadcast","serverId":"b"})"});
    publish(second, b, target_kind::broadcast, {}, "also mine");
    until("both have come back", [this] { return second.counts().own == 2; });
    publish(first, a, target_kind::broadcast, {}, "not mine");
    EXPECT_EQ(b.events.wait_for(1), strings{"not mine"});
    EXPECT_EQ(second.counts().own, 2u);
}

TEST_F(exact_fleet, comes_back_with_all_it_holds_and_sends_what_waited)
{
    for (int i = 0; i < 2'000; ++i)
        second.add_interest(target_kind::room, std::to_string(i));
    subscribers("ws:room:1999", 1);
    redis.kill();
    until("away", [this] { return !first.ready() && !second.ready(); });
    // The link to publish by may hear of it a little later: what it takes until then is lost.
    until("waiting", [this] {
        return publish(first, a, target_kind::room, "7", "waited") == publish_status::waiting;
    });
    redis.restart();
    until("back", [this] { return first.ready() && second.ready(); });
    publish(first, a, target_kind::room, "8", "after");
    EXPECT_EQ(b.events.wait_for(2), (strings{"waited", "after"}));
    EXPECT_EQ(first.counts().outages, 1u);
    EXPECT_EQ(first.counts().dropped, 0u);
}

TEST_F(exact_fleet, drops_the_oldest_of_what_waits_and_counts_it)
{
    redis.kill();
    until("away", [this] { return !first.ready(); });
    const std::string large(1024 * 1024, 'x');
    for (int i = 0; i < 20; ++i)
        first.publish({a.id, target_kind::broadcast, {}, std::to_string(i), '"' + large + '"', {}});
    const broker_counts counts = first.counts();
    EXPECT_EQ(counts.dropped, 5u);
    EXPECT_LE(counts.queued_bytes, 16u * 1024 * 1024);
    const std::string too_large(17 * 1024 * 1024, 'x');
    EXPECT_EQ(first.publish({a.id, target_kind::broadcast, {}, "x", '"' + too_large + '"', {}}),
              publish_status::lost);
}

TEST_F(exact_fleet, finds_a_server_that_hangs)
{
    redis.freeze();
    const auto begun = std::chrono::steady_clock::now();
    until("away", [this] { return !first.ready(); });
    EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(2'000));
    redis.thaw();
    until("back", [this] { return first.ready() && second.ready(); });
    publish(first, a, target_kind::broadcast, {}, "news");
    EXPECT_EQ(b.events.wait_for(1), strings{"news"});
}

// Even the channel of its own messages to itself is forbidden.
TEST_F(exact_fleet, goes_on_with_the_channels_that_an_acl_allows)
{
    second.add_interest(target_kind::room, "forbidden");
    subscribers("ws:room:forbidden", 1);
    redis.cli({"ACL", "SETUSER", "default", "resetchannels", "&ws:broadcast"}); // ends links
    until("noticed", [this] { return second.counts().outages != 0 && second.ready(); });
    until("both are there", [this] { return first.ready(); });
    publish(first, a, target_kind::room, "forbidden", "never");
    publish(first, a, target_kind::broadcast, {}, "news");
    EXPECT_EQ(b.events.wait_for(1), strings{"news"});
    until("told", [this] { return first.counts().refused == 1; });
}

TEST(redis_broker, gives_up_when_redis_is_not_there_in_time)
{
    redis_broker_options options;
    options.redis.where = redis::url::parse("redis://127.0.0.1:1");
    options.ready_timeout = milliseconds(100);
    base::log log(base::log_level::off, base::log_format::text);
    redis_broker broker(options, log);
    try {
        broker.start();
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "Redis client did not become ready within 100ms");
    }
}

TEST(redis_broker, logs_once_for_each_change)
{
    tests::redis_server redis;
    tests::captured_stderr captured;
    base::log log(base::log_level::info, base::log_format::text);
    {
        redis_broker broker(options_for(redis), log);
        broker.start();
        redis.kill();
        exact_fleet::until("away", [&] { return !broker.ready(); });
        redis.restart();
        exact_fleet::until("back", [&] { return broker.ready(); });
    }
    const std::string text = captured.text();
    EXPECT_EQ(tests::count_of(text, "Redis is there"), 1u) << text;
    EXPECT_EQ(tests::count_of(text, "Redis is away"), 1u) << text;
    EXPECT_EQ(tests::count_of(text, "Redis is back"), 1u) << text;
}

} // namespace
} // namespace cresset::broker
