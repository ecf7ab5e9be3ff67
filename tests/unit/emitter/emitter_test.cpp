#include "support/redis_server.hpp"
#include "support/waiting.hpp"

#include <gtest/gtest.h>

#include <cresset/emitter.hpp>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace cresset {
namespace {

constexpr std::string_view somebody = "01234567-89ab-4def-8123-456789abcdef";

emit_status verdict_of(std::future<emit_status> told)
{
    if (told.wait_for(tests::time_limit) != std::future_status::ready)
        throw std::runtime_error("no verdict");
    return told.get();
}

// What is published, as redis-cli sees it.
struct listener
{
    explicit listener(const tests::redis_server& redis)
        : cli({"redis-cli", "-p", std::to_string(redis.port()), "PSUBSCRIBE", "ws:*"})
    {
        cli.read_until("\n1\n");
    }

    std::string next(const std::string& channel)
    {
        cli.read_until("pmessage\nws:*\n" + channel + "\n");
        std::string payload = cli.read_until("\n");
        payload.pop_back();
        return payload;
    }

    tests::child_process cli;
};

struct emitter_test : testing::Test
{
    emitter_test() { sends.start(); }

    tests::redis_server redis;
    emitter sends{{.url = redis.url()}};
};

TEST_F(emitter_test, writes_what_the_reference_s_emitter_writes)
{
    listener heard(redis);
    const client_id id = *client_id::parse(somebody);
    EXPECT_EQ(verdict_of(sends.to_client(somebody, "news", 1)), emit_status::taken);
    EXPECT_EQ(heard.next("ws:client:" + std::string(somebody)),
              R"({"serverId":"emitter","type":"client","target":")" + std::string(somebody) +
                  R"(","event":"news","data":1})");
    sends.to_user("ada", "news", boost::json::object{{"b", 1}, {"a", "x"}});
    EXPECT_EQ(
        heard.next("ws:user:ada"),
        R"({"serverId":"emitter","type":"user","target":"ada","event":"news","data":{"b":1,"a":"x"}})");
    sends.to_room("lobby", "news", raw_json{"[1.50]"}, {id});
    EXPECT_EQ(
        heard.next("ws:room:lobby"),
        R"({"serverId":"emitter","type":"room","target":"lobby","event":"news","data":[1.50],)"
        R"("exclude":[")" +
            std::string(somebody) + R"("]})");
    sends.broadcast("news", nullptr);
    EXPECT_EQ(heard.next("ws:broadcast"),
              R"({"serverId":"emitter","type":"broadcast","event":"news","data":null})");
}

TEST_F(emitter_test, keeps_the_order_of_a_thread)
{
    listener heard(redis);
    for (int i = 0; i < 500; ++i)
        sends.broadcast("n", i);
    for (int i = 0; i < 500; ++i)
        EXPECT_EQ(heard.next("ws:broadcast"),
                  R"({"serverId":"emitter","type":"broadcast","event":"n","data":)" +
                      std::to_string(i) + "}");
}

TEST_F(emitter_test, says_what_can_not_be_sent)
{
    EXPECT_EQ(verdict_of(sends.broadcast("", 1)), emit_status::invalid);
    EXPECT_EQ(verdict_of(sends.broadcast("news", raw_json{"{"})), emit_status::invalid);
    EXPECT_TRUE(sends.stop());
    EXPECT_EQ(verdict_of(sends.broadcast("news", 1)), emit_status::not_running);
}

TEST_F(emitter_test, tells_what_redis_refuses)
{
    redis.cli({"ACL", "SETUSER", "default", "resetchannels", "&ws:user:*"});
    EXPECT_EQ(verdict_of(sends.to_user("ada", "news", 1)), emit_status::taken);
    EXPECT_EQ(verdict_of(sends.to_room("lobby", "news", 1)), emit_status::refused);
    EXPECT_EQ(sends.stats().refused, 1u);
}

TEST_F(emitter_test, keeps_messages_while_redis_is_away_and_drops_them_at_its_end)
{
    redis.kill();
    std::future<emit_status> waits;
    do // what is under way when the link goes is unconfirmed; what comes later waits
        waits = sends.broadcast("news", 1);
    while (waits.wait_for(std::chrono::milliseconds(500)) == std::future_status::ready);
    redis.restart();
    EXPECT_EQ(verdict_of(std::move(waits)), emit_status::taken);
    redis.kill();
    std::vector<std::future<emit_status>> never;
    for (int i = 0; i < 10; ++i)
        never.push_back(sends.broadcast("news", i));
    sends.stop(std::chrono::milliseconds(10));
    for (auto& told : never)
        EXPECT_NE(verdict_of(std::move(told)), emit_status::taken);
}

TEST_F(emitter_test, takes_calls_of_many_threads)
{
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([this] {
            for (int i = 0; i < 1'000; ++i)
                sends.broadcast("n", i);
        });
    for (std::thread& t : threads)
        t.join();
    EXPECT_TRUE(sends.stop(tests::time_limit));
    EXPECT_EQ(sends.stats().taken, 4'000u);
}

TEST(emitter, says_that_redis_is_not_there)
{
    emitter sends({.url = "redis://127.0.0.1:1", .ready_timeout = std::chrono::milliseconds(100)});
    try {
        sends.start();
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_EQ(std::string(error.what()).find("Redis client did not become ready within 100ms"),
                  0u);
    }
    EXPECT_EQ(verdict_of(sends.broadcast("news", 1)), emit_status::not_running);
}

TEST(emitter, refuses_options_that_can_not_work)
{
    EXPECT_THROW(emitter({}), option_error);
    EXPECT_THROW(emitter({.url = "http://x"}), option_error);
    EXPECT_THROW(emitter({.url = "redis://x", .ca_file = "ca.pem"}), option_error);
    EXPECT_THROW(emitter({.url = "rediss://x", .ca_file = "/nowhere/ca.pem"}), option_error);
}

} // namespace
} // namespace cresset
