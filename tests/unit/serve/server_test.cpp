#include "support/captured_stderr.hpp"
#include "support/test_server.hpp"
#include "support/waiting.hpp"

#include <boost/describe.hpp>
#include <gtest/gtest.h>

#include <cresset/server.hpp>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cresset {
namespace {

using tests::ask_for_upgrade;
using tests::by_token;
using tests::collected;
using tests::connect;
using tests::dial;
using tests::login;
using tests::quiet;

struct rank
{
    int level;
};
BOOST_DESCRIBE_STRUCT(rank, (), (level))

TEST(server, says_what_became_of_a_message)
{
    server s(quiet(), by_token());
    EXPECT_EQ(s.broadcast("early").status, send_status::not_running);
    s.start();
    auto ada = login(s, "ada");
    auto bob = login(s, "bob");

    EXPECT_EQ(s.broadcast("news").recipients, 2u);
    EXPECT_EQ(s.broadcast("news", {}, {.exclude = {ada.id}}).recipients, 1u);
    EXPECT_EQ(s.send_to_user("bob", "news").recipients, 1u);
    EXPECT_EQ(s.send_to_user("nobody", "news").status, send_status::nobody);
    EXPECT_EQ(s.broadcast("news").fleet, fleet_status::not_asked);
    EXPECT_EQ(s.broadcast("news", {}, {.to = reach::fleet}).fleet, fleet_status::no_others);
    EXPECT_EQ(s.publish(ada.id, "ws-default", "news").fleet, fleet_status::no_others);
    EXPECT_EQ(s.send("bob", "news", 1).status, send_status::nobody); // no room of this name
    EXPECT_EQ(s.send("bob", "news", 1).fleet, fleet_status::no_others);
    EXPECT_EQ(s.send_to_client(ada.id, "news", raw_json{"{"}).status, send_status::invalid);
    EXPECT_EQ(s.send("bob", "news", {}).status, send_status::invalid); // without data

    s.stop(std::chrono::milliseconds(0));
    EXPECT_EQ(s.broadcast("late").status, send_status::not_running);
}

TEST(server, sends_behind_what_the_same_thread_did_before)
{
    server s(quiet(), by_token());
    s.start();
    auto ada = login(s, "ada");
    for (int i = 0; i < 200; ++i) {
        const std::string room = "room " + std::to_string(i);
        ASSERT_TRUE(s.join_room(ada.id, room));
        s.send_to_room(room, "n", i);
        EXPECT_EQ(ada.text(), R"({"event":"n","data":)" + std::to_string(i) + "}");
        ASSERT_TRUE(s.leave_room(ada.id, room));
        s.send_to_room(room, "left", i);
    }
    s.send_to_client(ada.id, "end");
    EXPECT_EQ(ada.text(), R"({"event":"end"})");
}

TEST(server, passes_on_a_message_as_it_came)
{
    handlers h = by_token();
    server* running = nullptr;
    h.message = [&running](const message& m) { running->send_to_client(m.client.id(), "said", m); };
    server s(quiet(), h);
    running = &s;
    s.start();
    auto ada = login(s, "ada");
    ada.emit("say", R"({ "z": 1.50, "a": "\u0041" })");
    EXPECT_EQ(ada.text(), R"({"event":"said","data":{ "z": 1.50, "a": "\u0041" }})");
    ada.emit("say");
    EXPECT_EQ(ada.text(), R"({"event":"said"})");
}

TEST(server, describes_its_clients)
{
    handlers h = by_token();
    h.authenticate = [](const authenticate_request&) { return identity("ada", rank{7}); };
    server s(quiet(), h);
    s.start();
    auto ada = login(s, "ada");
    auto nobody = connect(s);
    const auto info = s.client(ada.id).value();
    EXPECT_EQ(info.user_id, "ada");
    EXPECT_EQ(info.state, client_state::authenticated);
    EXPECT_EQ(info.address, "127.0.0.1");
    EXPECT_EQ(info.metadata_as<rank>().level, 7);
    EXPECT_EQ(info.rooms.size(), 3u);
    EXPECT_EQ(s.clients().size(), 2u);
    EXPECT_EQ(s.clients_by_user("ada").size(), 1u);
    EXPECT_EQ(s.clients_by_room("ws-default").size(), 1u);
    EXPECT_EQ(s.room_client_count("ws-default"), 1u);
    EXPECT_EQ(s.user_client_count("bob"), 0u);
    EXPECT_EQ(s.stats().authenticated, 1u);
}

TEST(server, answers_an_upgrade_where_no_websocket_is_with_an_error_and_calls_nothing)
{
    bool called = false;
    server s(quiet(), by_token());
    s.http("GET", "/page", [&called](const http::request&) {
        called = true;
        return http::response{};
    });
    s.start();
    for (const auto& [path, status] : {std::pair{"/page", "400"}, {"/nowhere", "404"}}) {
        auto socket = dial(s.port());
        const std::string head = ask_for_upgrade(socket, path);
        EXPECT_EQ(head.substr(0, 12), std::string("HTTP/1.1 ") + status);
        EXPECT_NE(head.find("\r\nConnection: close\r\n"), std::string::npos);
        socket.receive_all();
        EXPECT_EQ(socket.end(), "finished");
    }
    s.stop();
    EXPECT_FALSE(called);
}

TEST(server, tells_handlers_where_a_client_is)
{
    collected<std::string> seen;
    handlers h;
    h.authenticate = [&seen](const authenticate_request& request) {
        seen.add("authenticate " + request.client.address());
        return identity("ada");
    };
    h.client_connected = [&seen](const client& who) { seen.add("connected " + who.address()); };
    h.message = [&seen](const message& m) { seen.add("message " + m.client.address()); };
    server_options options = quiet();
    options.trusted_proxies = {"loopback"};
    server s(options, h);
    s.http("GET", "/me", [&seen](const http::request& asked) {
        seen.add("http " + asked.client_address);
        return http::response{};
    });
    s.start();
    auto ada = login(s, "ada");
    ada.emit("anything");
    EXPECT_EQ(seen.wait_for(3),
              (std::vector<std::string>{"authenticate 127.0.0.1", "connected 127.0.0.1",
                                        "message 127.0.0.1"}));
    auto socket = dial(s.port());
    socket.send("GET /me HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 2001:db8::9\r\n\r\n"
                "GET /me HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n");
    EXPECT_EQ(seen.wait_for(5).at(3), "http 2001:db8::9"); // one proxy, but two clients
    EXPECT_EQ(seen.now().at(4), "http 203.0.113.9");
}

TEST(server, rejects_credentials_that_do_not_fit)
{
    server s(quiet(), by_token());
    s.start();
    auto ada = connect(s);
    ada.emit("authenticate", R"({"token":7})");
    EXPECT_EQ(ada.text(), R"({"event":"error","data":{"message":"Authentication failed"}})");
    EXPECT_EQ(ada.text(), "close 4003 Authentication failed");
}

TEST(server, takes_an_answer_from_another_thread)
{
    handlers h = by_token();
    std::jthread answering;
    h.authenticate = [&answering](const authenticate_request&, reply<identity> answer) {
        answering =
            std::jthread([answer = std::move(answer)]() mutable { answer.accept({"late"}); });
    };
    server s(quiet(), h);
    s.start();
    auto late = login(s, "late");
    EXPECT_EQ(s.client(late.id)->user_id, "late");
}

TEST(server, disconnects_with_a_code_that_may_be_sent)
{
    server s(quiet(), by_token());
    s.start();
    auto ada = login(s, "ada");
    EXPECT_THROW(s.disconnect(ada.id, 1005), std::invalid_argument);
    EXPECT_THROW(s.disconnect(ada.id, 4000, std::string(124, 'x')), std::invalid_argument);
    EXPECT_FALSE(s.disconnect(client_id{}, 4000));
    EXPECT_TRUE(s.disconnect(ada.id, 4000, "enough"));
    EXPECT_EQ(ada.text(), "close 4000 enough");
}

TEST(server, calls_back_after_a_send)
{
    server s(quiet(), by_token());
    s.start();
    std::promise<void> done;
    s.send("nowhere", "news", 1, [&done] { done.set_value(); });
    EXPECT_EQ(done.get_future().wait_for(tests::time_limit), std::future_status::ready);
}

TEST(server, logs_what_a_callback_of_send_throws)
{
    const tests::captured_stderr captured;
    server_options options = quiet();
    options.log_level = log_level::error;
    server s(options, by_token());
    s.start();
    std::promise<void> done;
    s.send({}, "news", 1, [] { throw std::runtime_error("no luck"); });
    s.send({}, "news", 1, [] { throw 7; });
    s.send({}, "news", 1, [&done] { done.set_value(); });
    ASSERT_EQ(done.get_future().wait_for(tests::time_limit), std::future_status::ready);
    EXPECT_EQ(tests::count_of(captured.text(), "handler=done error=\"no luck\""), 1u);
    EXPECT_EQ(tests::count_of(captured.text(), "handler=done error=\"an exception"), 1u);
}

TEST(server, logs_what_became_of_a_send_if_told_to)
{
    tests::captured_stderr captured;
    server_options options = quiet();
    options.log_level = log_level::info;
    server s(options, by_token());
    s.start();
    s.send("nowhere", "news", 1);
    EXPECT_EQ(captured.text().find("message sent"), std::string::npos);
    s.send("nowhere", "news", 1, {}, true);
    EXPECT_NE(captured.text().find("message sent destination=nowhere event=news status=nobody "
                                   "fleet=\"no others\""),
              std::string::npos)
        << captured.text();
}

TEST(server, stops_from_inside_a_handler)
{
    handlers h = by_token();
    server* running = nullptr;
    h.message = [&running](const message&) { running->stop(); };
    server s(quiet(), h);
    running = &s;
    s.start();
    auto ada = login(s, "ada");
    std::thread waiting([&s] { s.stop(); });
    ada.emit("stop");
    EXPECT_EQ(ada.text(), "close 1001 Server shutting down");
    EXPECT_EQ(ada.answer_close(), "finished");
    ada.socket.close();
    waiting.join();
}

// A server's run, on a thread of its own.
class running
{
public:
    explicit running(server& s)
        : server_(s), thread_([this] {
              begun_.set();
              server_.run();
              ended_.set();
          })
    {
        EXPECT_TRUE(begun_.wait());
    }
    ~running()
    {
        server_.stop(); // so that a failing test ends, too
        thread_.join();
    }

    bool ended() { return ended_.wait(); }

private:
    server& server_;
    tests::event begun_;
    tests::event ended_;
    std::thread thread_;
};

TEST(server, does_not_serve_after_a_stop)
{
    server started(quiet(), by_token());
    started.stop();
    started.start();
    EXPECT_EQ(started.port(), 0u);
    EXPECT_EQ(started.broadcast("news").status, send_status::not_running);
    EXPECT_THROW(started.start(), std::logic_error);

    server run(quiet(), by_token());
    run.stop();
    EXPECT_TRUE(running(run).ended());
    EXPECT_EQ(run.port(), 0u);
}

TEST(server, starts_only_once)
{
    server s(quiet(), by_token());
    s.start();
    EXPECT_THROW(s.start(), std::logic_error);
    s.stop();
    EXPECT_THROW(s.run(), std::logic_error);
}

// Before start, while it opens the port, or behind it: wherever a stop falls, run ends.
TEST(server, heeds_a_stop_at_any_moment)
{
    for (int moment = 0; moment < 200; ++moment) {
        server s(quiet(), by_token());
        running run(s);
        for (int i = 0; i < moment; ++i)
            std::this_thread::yield();
        s.stop();
        EXPECT_EQ(s.broadcast("news").status, send_status::not_running);
        ASSERT_TRUE(run.ended()) << moment;
    }
}

TEST(server, logs_by_name_that_it_has_started_and_stopped)
{
    const tests::captured_stderr captured;
    server_options options = quiet();
    options.log_level = log_level::info;
    options.identifier = "one-of-two";
    std::string url;
    {
        server s(options, by_token());
        s.start();
        url = s.url();
        s.stop();
    }
    const std::string who = " identifier=one-of-two url=" + url + '\n';
    EXPECT_EQ(tests::count_of(captured.text(), " info  server started" + who), 1u);
    EXPECT_EQ(tests::count_of(captured.text(), " info  server stopped" + who), 1u);
}

TEST(server, warns_of_a_key_exchange_without_encryption)
{
    handlers none = by_token();
    handlers exchange = none;
    exchange.handshake = [](const handshake_request&) { return handshake_result{"key", "salt"}; };
    handlers both = exchange;
    both.outbound_transform = [](const outbound_message&) { return replacement{}; };
    for (const handlers& h : {none, exchange, both}) {
        const tests::captured_stderr captured;
        server_options options = quiet();
        options.log_level = log_level::warn;
        options.require_encryption = true;
        server s(options, h);
        s.start();
        const bool warned = h.handshake && !h.outbound_transform;
        EXPECT_EQ(tests::count_of(captured.text(), "outbound_transform is missing"),
                  warned ? 1u : 0u);
    }
}

TEST(server, can_be_stopped_after_it_could_not_start)
{
    server first(quiet(), by_token());
    first.start();
    server_options options = quiet();
    options.port = first.port();
    server second(options, by_token());
    EXPECT_THROW(second.run(), std::runtime_error);
    second.stop();
}

TEST(server, drops_answers_that_come_after_it_has_gone)
{
    std::promise<reply<identity>> kept;
    handlers h;
    h.authenticate = [&kept](const authenticate_request&, reply<identity> answer) {
        kept.set_value(std::move(answer));
    };
    auto s = std::make_unique<server>(quiet(), h);
    s->start();
    auto ada = connect(*s);
    ada.emit("authenticate");
    reply<identity> answer = kept.get_future().get();
    s.reset();
    answer.accept({"ada"});
}

TEST(server, says_that_a_port_is_in_use)
{
    server first(quiet(), by_token());
    first.start();
    server_options options = quiet();
    options.port = first.port();
    server second(options, by_token());
    EXPECT_THROW(second.start(), std::runtime_error);
}

TEST(server, refuses_a_second_handler_for_a_path)
{
    server s(quiet(), by_token());
    const auto page = [](const http::request&) { return http::response{}; };
    s.http("GET", "/a", page);
    EXPECT_THROW(s.http("GET", "/a", page), std::invalid_argument);
    EXPECT_THROW(s.http("GET", "/ws", page), std::invalid_argument);
}

} // namespace
} // namespace cresset
