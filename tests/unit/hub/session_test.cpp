#include "hub/session.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

namespace cresset::hub {
namespace {

using namespace std::chrono_literals;
using tests::test_hub;
using ws::opcode;
using clock = std::chrono::steady_clock;

TEST(session, closes_a_client_that_does_not_authenticate_in_time)
{
    test_hub hub(1, {.auth_timeout = 30ms});
    const auto begin = clock::now();
    auto client = hub.connect();
    client.emit("heartbeat"); // is no excuse
    EXPECT_EQ(client.text(), "close 4001 Authentication timeout");
    EXPECT_GE(clock::now() - begin, 30ms);
    EXPECT_EQ(client.answer_close(), "finished");
    EXPECT_EQ(hub.app.calls.wait_for(1), std::vector<std::string>{"disconnected "});
}

TEST(session, keeps_an_authenticated_client_beyond_the_timeout)
{
    test_hub hub(1, {.auth_timeout = 300ms});
    auto client = hub.login();
    auto other = hub.connect();
    EXPECT_EQ(other.text(), "close 4001 Authentication timeout");
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
}

TEST(session, closes_a_client_without_a_heartbeat)
{
    test_hub hub(1, {.heartbeat_interval = 20ms, .heartbeat_timeout = 50ms});
    const auto begin = clock::now();
    auto client = hub.login();
    EXPECT_EQ(client.text(), "close 4002 Heartbeat timeout");
    EXPECT_GE(clock::now() - begin, 50ms);
    EXPECT_EQ(client.answer_close(), "finished");
}

TEST(session, takes_any_message_for_a_heartbeat)
{
    test_hub hub(1, {.heartbeat_interval = 20ms, .heartbeat_timeout = 1500ms});
    auto client = hub.login();
    for (const auto end = clock::now() + 2000ms; clock::now() < end;) {
        client.emit(clock::now() + 1000ms < end ? "heartbeat" : "other");
        std::this_thread::sleep_for(50ms); // a client's pace
    }
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
}

TEST(session, takes_no_pong_for_a_heartbeat)
{
    test_hub hub(1, {.heartbeat_interval = 20ms, .heartbeat_timeout = 100ms});
    auto client = hub.login();
    std::thread ponging([socket = client.socket.get()] {
        const std::string pong = tests::client_frame(opcode::pong, "");
        while (::send(socket, pong.data(), pong.size(), MSG_NOSIGNAL) > 0)
            std::this_thread::sleep_for(2ms);
    });
    EXPECT_EQ(client.text(), "close 4002 Heartbeat timeout");
    ::shutdown(client.socket.get(), SHUT_WR);
    ponging.join();
}

TEST(session, pings_an_idle_client_and_keeps_it_while_it_answers)
{
    test_hub hub(1, {.idle_timeout = 1000ms});
    auto client = hub.login();
    for (int i = 0; i < 3; ++i) {
        const auto ping = client.next();
        ASSERT_EQ(ping.op, opcode::ping) << ping.payload;
        client.send_frame(opcode::pong, ping.payload);
    }
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
}

TEST(session, drops_a_client_that_answers_no_ping)
{
    test_hub hub(1, {.idle_timeout = 40ms});
    const auto begin = clock::now();
    auto client = hub.login();
    EXPECT_EQ(client.next().op, opcode::ping);
    EXPECT_EQ(client.end(), "finished"); // no second ping, no close frame
    EXPECT_GE(clock::now() - begin, 40ms);
    EXPECT_EQ(hub.app.calls.wait_for(3).back(), "disconnected ");
}

TEST(session, drops_an_idle_client_unpinged_if_told_so)
{
    test_hub hub(1, {.idle_timeout = 40ms, .send_pings = false});
    auto client = hub.login();
    EXPECT_EQ(client.end(), "finished");
}

TEST(session, leaves_an_idle_client_alone_if_told_so)
{
    test_hub hub(1, {.heartbeat_interval = 20ms, .heartbeat_timeout = 200ms, .idle_timeout = 0ms});
    auto client = hub.login();
    EXPECT_EQ(client.text(), "close 4002 Heartbeat timeout"); // the next thing that comes
}

TEST(session, answers_a_message_over_the_limit_by_closing)
{
    test_hub hub(1, {.frames = {.message_bytes_max = 100}});
    auto client = hub.login();
    client.send_text(std::string(101, 'x'));
    EXPECT_EQ(client.text(), "close 1009 Received too big message");
    EXPECT_EQ(client.end(), "finished");
    EXPECT_EQ(hub.app.calls.wait_for(3).back(), "disconnected ");
}

} // namespace
} // namespace cresset::hub
