#include "hub/websocket.hpp"
#include "net/connection_set.hpp"
#include "support/loop_thread.hpp"
#include "support/ws_client.hpp"
#include "ws/frame_writer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace cresset::hub {
namespace {

using namespace std::chrono_literals;
using tests::client_close_frame;
using tests::client_frame;
using ws::opcode;

// Tells what happens to it: "message TEXT", "timeout", "ended", "gone".
class recording_websocket final : public websocket
{
public:
    recording_websocket(net::connection& c, const ws::decoder_limits& limits,
                        tests::collected<std::string>& e)
        : websocket(c, limits), events(e)
    {}

    using websocket::connection;

    tests::collected<std::string>& events;
    std::function<void(std::string)> received = [](const std::string&) {};
    std::function<bool(const std::string&)> takes = [](const std::string&) { return true; };

private:
    bool on_message(std::span<char> payload, bool binary) override
    {
        const std::string text(payload.data(), payload.size());
        if (!takes(text))
            return false;
        events.add((binary ? "binary " : "text ") + text);
        received(text);
        return true;
    }
    void on_timeout() override { events.add("timeout"); }
    void on_ended() override
    {
        EXPECT_FALSE(open());
        events.add("ended");
    }
    void on_gone() override { events.add("gone"); }
};

struct websocket_fixture : testing::Test, net::connection::handler
{
    websocket_fixture()
    {
        thread.start();
        thread.run([this] {
            net::connection& c = set.adopt(pair.server.release(), *this);
            socket = std::make_unique<recording_websocket>(c, limits, events);
            c.set_handler(*socket);
        });
    }
    ~websocket_fixture() override { thread.stop(); }

    void on_data(std::span<char>) override {}
    void on_deadline() override {}
    void on_closed() override {}

    template <typename Function>
    auto run(Function f)
    {
        return thread.run(std::move(f));
    }

    void send(std::string_view text)
    {
        run([&] { socket->send(net::segment::copy_of(ws::make_frame(opcode::text, text))); });
    }

    ws::decoder_limits limits{.message_bytes_max = 1000};
    tests::collected<std::string> events;
    std::unique_ptr<recording_websocket> socket;
    tests::tcp_pair pair = tests::connect_over_tcp(4096);
    tests::ws_client client{std::move(pair.client)};
    tests::loop_thread thread;
    net::connection_set set{thread.loop()};
};

using websocket_open = websocket_fixture;
using event_names = std::vector<std::string>;

TEST_F(websocket_open, gives_out_the_messages_it_receives)
{
    ASSERT_TRUE(client.send_text("hello"));
    ASSERT_TRUE(client.send_frame(opcode::binary, "bytes"));
    EXPECT_EQ(events.wait_for(2), (event_names{"text hello", "binary bytes"}));
}

TEST_F(websocket_open, puts_messages_together_from_pieces)
{
    for (const char c : client_frame(opcode::text, "hello") + client_frame(opcode::text, "world"))
        ASSERT_TRUE(client.socket.send({&c, 1}));
    ASSERT_TRUE(client.socket.send(client_frame(opcode::text, "frag", {.fin = false}) +
                                   client_frame(opcode::ping, "between") +
                                   client_frame(opcode::continuation, "ment")));
    EXPECT_EQ(events.wait_for(3), (event_names{"text hello", "text world", "text fragment"}));
    EXPECT_EQ(client.next().op, opcode::pong);
}

// What is not taken holds up what is behind it, in the same bytes and in later ones.
TEST_F(websocket_open, goes_on_with_what_was_not_taken)
{
    int refused = 0;
    run([&] {
        socket->takes = [&](const std::string& text) {
            return text == "first" || text == "last" || ++refused % 3 == 0;
        };
    });
    const std::string all =
        client_frame(opcode::text, "first") + client_frame(opcode::text, "wai", {.fin = false}) +
        client_frame(opcode::continuation, "ts") + client_frame(opcode::binary, "waits too") +
        client_frame(opcode::ping, "p") + client_frame(opcode::text, "last");
    for (const std::size_t piece : {all.size(), std::size_t{1}, std::size_t{7}}) {
        const std::size_t before = events.now().size();
        for (std::size_t at = 0; at < all.size(); at += piece)
            ASSERT_TRUE(client.socket.send(all.substr(at, piece)));
        events.wait_for(before + 1);
        while (events.now().size() < before + 4)
            run([&] { socket->go_on(); });
        auto now = events.now();
        now.erase(now.begin(), now.begin() + static_cast<std::ptrdiff_t>(before));
        EXPECT_EQ(now, (event_names{"text first", "text waits", "binary waits too", "text last"}));
        EXPECT_EQ(client.next().op, opcode::pong);
    }
}

TEST_F(websocket_open, sends_frames)
{
    send("one");
    send(std::string(300, 'x'));
    EXPECT_EQ(client.text(), "one");
    EXPECT_EQ(client.text(), std::string(300, 'x'));
}

TEST_F(websocket_open, answers_a_ping_with_its_payload)
{
    ASSERT_TRUE(client.send_frame(opcode::ping, "are you there"));
    const auto pong = client.next();
    EXPECT_EQ(pong.op, opcode::pong);
    EXPECT_EQ(pong.payload, "are you there");
}

TEST_F(websocket_open, answers_no_pings_of_a_peer_that_does_not_read)
{
    const std::string large(8'000'000, 'x');
    send(large);
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(client.send_frame(opcode::ping, std::string(125, 'p')));
    ASSERT_TRUE(client.send_text("after the pings"));
    events.wait_for(1);
    run([&] { EXPECT_LE(socket->connection().queued_bytes(), large.size() + 10); });
    EXPECT_EQ(client.text(), large);
    send("end");
    EXPECT_EQ(client.text(), "end");
}

TEST_F(websocket_open, knows_whether_its_ping_was_answered)
{
    run([&] {
        EXPECT_FALSE(socket->ping_unanswered());
        socket->ping();
        EXPECT_TRUE(socket->ping_unanswered());
    });
    EXPECT_EQ(client.next().op, opcode::ping);
    ASSERT_TRUE(client.send_frame(opcode::pong));
    ASSERT_TRUE(client.send_text("x"));
    events.wait_for(1);
    run([&] { EXPECT_FALSE(socket->ping_unanswered()); });
}

// RFC 6455, section 5.5.1: with the code received.
TEST_F(websocket_open, answers_a_close_frame_and_finishes)
{
    ASSERT_TRUE(client.socket.send(client_close_frame(4321, "bye")));
    EXPECT_EQ(client.text(), "close 4321 bye");
    EXPECT_EQ(client.end(), "finished");
    EXPECT_EQ(events.wait_for(1), event_names{"ended"});
    client.socket.close();
    EXPECT_EQ(events.wait_for(2), (event_names{"ended", "gone"}));
}

TEST_F(websocket_open, answers_a_close_frame_without_a_code_with_its_like)
{
    ASSERT_TRUE(client.send_frame(opcode::close));
    const auto close = client.next();
    EXPECT_EQ(close.op, opcode::close);
    EXPECT_EQ(close.payload, "");
    EXPECT_EQ(client.end(), "finished");
}

TEST_F(websocket_open, gives_out_what_came_before_a_close_frame_and_nothing_after)
{
    ASSERT_TRUE(client.socket.send(client_frame(opcode::text, "before") + client_close_frame(1000) +
                                   client_frame(opcode::text, "after")));
    EXPECT_EQ(client.text(), "close 1000 ");
    EXPECT_EQ(events.wait_for(2), (event_names{"text before", "ended"}));
    ASSERT_TRUE(client.send_text("much later"));
    client.socket.finish();
    EXPECT_EQ(events.wait_for(3), (event_names{"text before", "ended", "gone"}));
}

TEST_F(websocket_open, sends_nothing_after_its_close_frame)
{
    run([&] {
        socket->close(ws::close_code{4000}, "enough");
        EXPECT_EQ(events.now(), event_names{"ended"}); // before it returns
        socket->send(net::segment::copy_of(ws::make_frame(opcode::text, "late")));
        socket->ping();
        socket->close(ws::close_code{4001}, "again");
        EXPECT_TRUE(socket->connection().armed()); // close_timeout
        EXPECT_TRUE(socket->connection().open());
    });
    EXPECT_EQ(client.text(), "close 4000 enough");
    ASSERT_TRUE(client.send_frame(opcode::ping));
    EXPECT_EQ(client.answer_close(), "finished");
    client.socket.close();
    EXPECT_EQ(events.wait_for(2), (event_names{"ended", "gone"}));
}

TEST_F(websocket_open, ignores_messages_after_its_close_frame)
{
    run([&] { socket->close(ws::close_code::normal, {}); });
    EXPECT_EQ(client.text(), "close 1000 ");
    ASSERT_TRUE(client.send_text("too late"));
    EXPECT_EQ(client.answer_close(), "finished");
    EXPECT_EQ(events.now(), event_names{"ended"});
}

TEST_F(websocket_open, may_close_in_a_message_and_ignores_the_rest_of_the_bytes)
{
    run([&] {
        socket->received = [this](const std::string&) { socket->close(ws::close_code{4000}, {}); };
    });
    ASSERT_TRUE(client.socket.send(client_frame(opcode::text, "one") +
                                   client_frame(opcode::text, "two") + client_close_frame(4000)));
    EXPECT_EQ(client.text(), "close 4000 ");
    EXPECT_EQ(client.end(), "finished");
    EXPECT_EQ(events.now(), (event_names{"text one", "ended"}));
}

TEST_F(websocket_open, may_drop_in_a_message)
{
    run([&] { socket->received = [this](const std::string&) { socket->drop(); }; });
    ASSERT_TRUE(client.socket.send(client_frame(opcode::text, "one") + //
                                   client_frame(opcode::text, "two")));
    EXPECT_EQ(client.end(), "finished"); // without a close frame
    EXPECT_EQ(events.wait_for(3), (event_names{"text one", "ended", "gone"}));
}

TEST_F(websocket_open, drops_a_peer_that_does_not_answer_its_close_frame_in_time)
{
    run([&] {
        socket->close(ws::close_code::normal, {});
        net::connection::handler& as_handler = *socket;
        as_handler.on_deadline(); // as after close_timeout
    });
    EXPECT_EQ(events.wait_for(2), (event_names{"ended", "gone"}));
}

TEST_F(websocket_open, tells_its_owner_of_a_deadline)
{
    run([&] { socket->connection().set_deadline(1ms); });
    EXPECT_EQ(events.wait_for(1), event_names{"timeout"});
    EXPECT_TRUE(run([&] { return socket->open(); }));
}

TEST_F(websocket_open, fails_on_a_frame_that_is_not_masked)
{
    ASSERT_TRUE(client.socket.send(client_frame(opcode::text, "x", {.masked = false})));
    EXPECT_EQ(client.next().close_code(), 1002u);
    EXPECT_EQ(client.end(), "finished");
    EXPECT_EQ(events.wait_for(1), event_names{"ended"});
}

TEST_F(websocket_open, fails_on_text_that_is_no_utf8)
{
    ASSERT_TRUE(client.send_text("\xff"));
    EXPECT_EQ(client.next().close_code(), 1007u);
    EXPECT_EQ(client.end(), "finished");
}

TEST_F(websocket_open, fails_on_a_message_that_is_too_big)
{
    ASSERT_TRUE(client.send_text(std::string(1000, 'x')));
    events.wait_for(1);
    // All of it, and more: what it has not read must not cost the close frame.
    client.socket.send(client_frame(opcode::text, std::string(300'000, 'x')));
    EXPECT_EQ(client.text(), "close 1009 Received too big message");
    EXPECT_EQ(client.end(), "finished");
    EXPECT_EQ(events.wait_for(2).back(), "ended");
}

TEST_F(websocket_open, fails_with_no_second_close_frame_after_its_own)
{
    run([&] { socket->close(ws::close_code::normal, {}); });
    EXPECT_EQ(client.text(), "close 1000 ");
    ASSERT_TRUE(client.socket.send(client_frame(opcode::text, "x", {.rsv = 7})));
    EXPECT_EQ(client.end(), "finished");
}

TEST_F(websocket_open, ends_once_when_the_peer_goes_without_a_close_frame)
{
    client.socket.close();
    EXPECT_EQ(events.wait_for(2), (event_names{"ended", "gone"}));
}

TEST_F(websocket_open, ends_once_when_the_peer_resets)
{
    client.socket.reset();
    EXPECT_EQ(events.wait_for(2), (event_names{"ended", "gone"}));
}

TEST_F(websocket_open, ends_once_when_the_loop_does)
{
    thread.stop();
    set.close_all();
    EXPECT_EQ(events.now(), event_names{});
}

TEST_F(websocket_open, takes_bytes_that_came_with_the_handshake)
{
    std::string bytes = client_frame(opcode::text, "early") + client_frame(opcode::text, "cut");
    const std::string later = bytes.substr(bytes.size() - 2);
    bytes.resize(bytes.size() - 2);
    run([&] {
        const std::size_t size = bytes.size();
        bytes.resize(size + ws::payload_padding);
        socket->on_data({bytes.data(), size});
    });
    ASSERT_TRUE(client.socket.send(later));
    EXPECT_EQ(events.wait_for(2), (event_names{"text early", "text cut"}));
}

TEST_F(websocket_open, knows_how_long_it_was_silent)
{
    ASSERT_TRUE(client.send_text("x"));
    events.wait_for(1);
    const auto since = std::chrono::steady_clock::now();
    run([&] { socket->connection().set_deadline(30ms); });
    events.wait_for(2);
    run([&] {
        EXPECT_GE(socket->silent_for(), 28ms);
        EXPECT_LE(socket->silent_for(), std::chrono::steady_clock::now() - since + 100ms);
    });
}

} // namespace
} // namespace cresset::hub
