#include "hub/session.hpp"
#include "support/captured_stderr.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

namespace cresset::hub {
namespace {

using namespace std::chrono_literals;
using tests::captured_stderr;
using tests::count_of;
using tests::test_hub;
using tests::ws_client;
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

// A client with small buffers that reads only when the test says so.
struct slow_client : testing::Test
{
    static constexpr std::size_t queue_bytes_max = 100'000;

    // Sends until something has been dropped.
    void fill()
    {
        const std::string data = '"' + std::string(1000, 'x') + '"';
        while (hub->count().dropped_slow_client == 0) {
            for (int i = 0; i < 200; ++i)
                hub->send_to_client(client.id, {"n" + std::to_string(sent++), data});
            hub.settle();
        }
    }

    // Reads all that was queued: in order, without a gap, and nothing else.
    void read_all()
    {
        const int queued = sent - static_cast<int>(hub->count().dropped_slow_client);
        for (int i = 0; i < queued; ++i)
            ASSERT_EQ(protocol::read_string_member(client.text(), "event"),
                      "n" + std::to_string(i));
        EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
    }

    captured_stderr captured;
    test_hub hub{1, {.queue_bytes_max = queue_bytes_max}};
    ws_client client = hub.login(0, "slow", 4096);
    int sent = 0;
};

TEST_F(slow_client, loses_what_does_not_fit_and_the_loss_is_counted_and_logged_once)
{
    auto other = hub.login();
    fill();
    EXPECT_GT(hub->count().dropped_slow_client, 1u);
    EXPECT_EQ(count_of(captured.text(), "client reads too slowly"), 1u);
    EXPECT_TRUE(hub.nothing_more_for(other)) << hub.last_text; // nobody else is harmed
    read_all();
}

TEST_F(slow_client, is_told_of_in_the_log_when_it_reads_again)
{
    fill();
    const auto dropped = hub->count().dropped_slow_client;
    read_all();
    EXPECT_EQ(count_of(captured.text(), "client reads again"), 1u);
    EXPECT_EQ(count_of(captured.text(), "dropped_messages=" + std::to_string(dropped) + '\n'), 1u);
}

// What fits into the last bytes of the queue does not end the burst, or one client could write
// lines as fast as it is sent messages.
TEST_F(slow_client, does_not_fill_the_log_at_the_limit)
{
    fill();
    const std::string large = '"' + std::string(2000, 'x') + '"';
    for (int i = 0; i < 10; ++i) {
        hub->send_to_client(client.id, {"tiny", {}});
        hub->send_to_client(client.id, {"large", large});
    }
    hub.settle();
    EXPECT_EQ(count_of(captured.text(), "client reads too slowly"), 1u);
    EXPECT_EQ(count_of(captured.text(), "client reads again"), 0u);
}

TEST_F(slow_client, never_holds_more_than_the_limit)
{
    fill();
    for (int i = 0; i < 500; ++i)
        hub->broadcast({"b", '"' + std::string(500, 'y') + '"'});
    hub.settle();
    hub.shard().thread.run([this] {
        const session* s = hub.shard().shard->find(client.id);
        ASSERT_NE(s, nullptr);
        EXPECT_LE(s->queued_bytes(), queue_bytes_max);
        EXPECT_GT(s->queued_bytes(), queue_bytes_max - 3000);
    });
}

} // namespace
} // namespace cresset::hub
