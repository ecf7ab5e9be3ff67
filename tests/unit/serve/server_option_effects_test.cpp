// Each member of server_options, in the order of options.hpp: what a program sees of it.

#include "support/captured_stderr.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_server.hpp"
#include "support/waiting.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cresset/crypto.hpp>
#include <cresset/server.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace cresset {
namespace {

using namespace std::chrono_literals;
using tests::ask_for_upgrade;
using tests::by_token;
using tests::collected;
using tests::connect;
using tests::dial;
using tests::login;
using tests::quiet;
using clock = std::chrono::steady_clock;

// What a server with these options writes to its log from start to stop.
std::string log_of(const server_options& options)
{
    const tests::captured_stderr log;
    server s(options, by_token());
    s.start();
    s.stop();
    return log.text();
}

TEST(server_option, identifier_is_the_name_in_the_log)
{
    server_options options = quiet();
    options.log_level = log_level::info;
    options.identifier = "lobby-7";
    EXPECT_NE(log_of(options).find("identifier=lobby-7"), std::string::npos);
}

TEST(server_option, host_and_port_are_where_it_listens)
{
    server first(quiet(), by_token());
    first.start();
    server_options options = quiet();
    options.host = "127.0.0.2";
    options.port = first.port(); // free there, since nothing else uses this address
    server second(options, by_token());
    second.start();
    EXPECT_EQ(second.url(), "http://127.0.0.2:" + std::to_string(first.port()) + "/");

    auto to_first = dial(first.port());
    auto to_second = dial(first.port(), "127.0.0.2");
    ask_for_upgrade(to_first);
    ask_for_upgrade(to_second);
    EXPECT_EQ(first.client_count(), 1u);
    EXPECT_EQ(second.client_count(), 1u);
}

TEST(server_option, path_is_where_the_websocket_is)
{
    server_options options = quiet();
    options.path = "/chat";
    server s(options, by_token());
    s.start();
    const auto status_of = [&s](const char* path) {
        auto socket = dial(s.port());
        return ask_for_upgrade(socket, path).substr(0, 12);
    };
    EXPECT_EQ(status_of("/chat"), "HTTP/1.1 101");
    EXPECT_EQ(status_of("/chat?with=a-query"), "HTTP/1.1 101");
    EXPECT_EQ(status_of("/ws"), "HTTP/1.1 404");
}

// The status of the answer to an upgrade with these headers, behind these bytes.
std::string upgrade_status(const server& s, const std::string& headers,
                           const std::string& before = "")
{
    auto socket = dial(s.port());
    socket.send(before +
                "GET /ws HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                headers + "\r\n");
    const std::string line = socket.receive(12);
    return line.starts_with("HTTP/1.1 ") ? line.substr(9) : socket.end();
}

TEST(server_option, origins_are_the_pages_that_may_open_the_websocket)
{
    server by_default(quiet(), by_token());
    by_default.start();
    EXPECT_EQ(upgrade_status(by_default, ""), "101");
    EXPECT_EQ(upgrade_status(by_default, "Origin: https://chat.example\r\n"), "101");
    EXPECT_EQ(upgrade_status(by_default, "Origin: https://a.example\r\n"), "403");
    EXPECT_EQ(by_default.stats().refused_origins, 1u);

    server_options options = quiet();
    options.origins = {"https://*.example", "http://localhost:*"};
    server s(options, by_token());
    s.start();
    EXPECT_EQ(upgrade_status(s, ""), "101");
    EXPECT_EQ(upgrade_status(s, "Origin: https://a.example\r\n"), "101");
    EXPECT_EQ(upgrade_status(s, "Origin: http://localhost:5173\r\n"), "101");
    EXPECT_EQ(upgrade_status(s, "Origin: http://chat.example\r\n"), "403");
    EXPECT_EQ(upgrade_status(s, "Origin: null\r\n"), "403");
    EXPECT_EQ(s.stats().refused_origins, 2u);
}

TEST(server_option, require_origin_refuses_programs)
{
    server_options options = quiet();
    options.require_origin = true;
    server s(options, by_token());
    s.start();
    EXPECT_EQ(upgrade_status(s, ""), "403");
    EXPECT_EQ(upgrade_status(s, "Origin: http://chat.example\r\n"), "101");
}

TEST(server_option, trusted_proxies_tell_where_a_client_is)
{
    collected<std::string> seen;
    handlers h = by_token();
    h.client_disconnected = [&seen](const client& who) { seen.add(who.address()); };
    server_options options = quiet();
    for (const char* trusted : {"10.0.0.0/8", "loopback"}) {
        options.trusted_proxies = {trusted};
        server s(options, h);
        s.start();
        upgrade_status(s, "X-Forwarded-For: 203.0.113.9\r\n");
        s.stop();
    }
    EXPECT_EQ(seen.wait_for(2), (std::vector<std::string>{"127.0.0.1", "203.0.113.9"}));
}

TEST(server_option, proxy_protocol_begins_each_connection)
{
    collected<std::string> seen;
    handlers h = by_token();
    h.client_disconnected = [&seen](const client& who) { seen.add(who.address()); };
    server_options options = quiet();
    options.trusted_proxies = {"127.0.0.1"};
    options.proxy_protocol = true;
    server s(options, h);
    s.start();
    EXPECT_EQ(upgrade_status(s, "", "PROXY TCP4 203.0.113.9 192.0.2.1 51234 443\r\n"), "101");
    EXPECT_EQ(seen.wait_for(1).at(0), "203.0.113.9");
    EXPECT_NE(upgrade_status(s, ""), "101");
    EXPECT_EQ(s.stats().refused_proxies, 1u);
}

TEST(server_option, threads_are_as_many_as_clients_are_shared_among)
{
    for (const unsigned threads : {1u, 3u}) {
        collected<std::thread::id> seen;
        handlers h = by_token();
        h.client_connected = [&seen](const client&) { seen.add(std::this_thread::get_id()); };
        server_options options = quiet();
        options.threads = threads;
        server s(options, h);
        s.start();
        for (int i = 0; i < 64; ++i)
            login(s, "ada");
        const auto all = seen.wait_for(64);
        EXPECT_EQ(std::set(all.begin(), all.end()).size(), threads);
    }
}

TEST(server_option, default_rooms_are_those_of_every_client)
{
    server_options options = quiet();
    options.default_rooms = {"lobby", "news"};
    server s(options, by_token());
    s.start();
    auto ada = login(s, "ada");
    auto rooms = s.client(ada.id)->rooms;
    std::ranges::sort(rooms);
    std::vector<std::string> expected{"lobby", "news", ada.id.to_string()};
    std::ranges::sort(expected);
    EXPECT_EQ(rooms, expected);
    EXPECT_EQ(s.send_to_room("news", "n").recipients, 1u);
    EXPECT_EQ(ada.text(), R"({"event":"n"})");
}

TEST(server_option, handshake_timeout_ends_the_wait_for_a_whole_request)
{
    server_options options = quiet();
    options.handshake_timeout = 100ms;
    server s(options, by_token());
    s.start();
    const auto begin = clock::now();
    auto socket = dial(s.port());
    socket.send("GET /ws HTTP/1.1\r\n");
    EXPECT_EQ(socket.receive(12), "HTTP/1.1 408");
    EXPECT_GE(clock::now() - begin, 100ms);
    EXPECT_LT(clock::now() - begin, server_options().handshake_timeout);
}

TEST(server_option, auth_timeout_ends_the_wait_for_authenticate)
{
    server_options options = quiet();
    options.auth_timeout = 100ms;
    server s(options, by_token());
    s.start();
    const auto begin = clock::now();
    auto silent = connect(s);
    EXPECT_EQ(silent.text(), "close 4001 Authentication timeout");
    EXPECT_GE(clock::now() - begin, 100ms);
    EXPECT_LT(clock::now() - begin, defaults::auth_timeout);
}

TEST(server_option, auth_timeout_three_times_over_ends_the_wait_for_the_verdict)
{
    collected<std::shared_ptr<reply<identity>>> never_answered;
    handlers h;
    h.authenticate = [&](const authenticate_request&, reply<identity> answer) {
        never_answered.add(std::make_shared<reply<identity>>(std::move(answer)));
    };
    server_options options = quiet();
    options.auth_timeout = 100ms;
    server s(options, h);
    s.start();
    auto ada = connect(s);
    const auto begin = clock::now();
    ada.emit("authenticate");
    EXPECT_EQ(ada.text(), "close 4001 Authentication timeout");
    EXPECT_GE(clock::now() - begin, 300ms);
    EXPECT_LT(clock::now() - begin, 3 * defaults::auth_timeout);
}

// The defaults of both are longer than a test client waits for anything.
TEST(server_option, heartbeat_interval_is_how_often_silence_is_looked_for)
{
    server_options options = quiet();
    options.heartbeat_interval = 300ms;
    options.heartbeat_timeout = 1ms;
    server s(options, by_token());
    s.start();
    const auto begin = clock::now();
    auto ada = login(s, "ada");
    EXPECT_EQ(ada.text(), "close 4002 Heartbeat timeout");
    EXPECT_GE(clock::now() - begin, 300ms);
}

TEST(server_option, heartbeat_timeout_is_how_long_a_client_may_say_nothing)
{
    server_options options = quiet();
    options.heartbeat_interval = 10ms;
    options.heartbeat_timeout = 300ms;
    server s(options, by_token());
    s.start();
    const auto begin = clock::now();
    auto ada = login(s, "ada");
    EXPECT_EQ(ada.text(), "close 4002 Heartbeat timeout");
    EXPECT_GE(clock::now() - begin, 300ms);
}

TEST(server_option, encrypted_batch_limit_bounds_the_transforms_under_way)
{
    constexpr std::size_t limit = 3;
    constexpr std::size_t messages = 8;
    collected<std::shared_ptr<reply<replacement>>> asked;
    handlers h = by_token();
    h.outbound_transform = [&asked](const outbound_message&, reply<replacement> answer) {
        asked.add(std::make_shared<reply<replacement>>(std::move(answer)));
    };
    server_options options = quiet();
    options.threads = 1;
    options.encrypted_batch_limit = limit;
    server s(options, h);
    s.start();
    auto ada = login(s, "ada");
    ASSERT_TRUE(s.enable_client_encryption(ada.id));
    for (std::size_t i = 0; i < messages; ++i)
        s.send_to_client(ada.id, "plain", i);
    tests::event all_sent;
    s.send("nobody", "n", 1, [&all_sent] { all_sent.set(); });
    ASSERT_TRUE(all_sent.wait());

    EXPECT_EQ(asked.now().size(), limit);
    for (std::size_t i = 0; i < messages; ++i) {
        asked.wait_for(i + 1).at(i)->accept({"sealed", std::to_string(i)});
        EXPECT_EQ(ada.text(), "{\"event\":\"sealed\",\"data\":" + std::to_string(i) + "}");
        EXPECT_EQ(asked.now().size(), std::min(limit + i + 1, messages));
    }
}

TEST(server_option, require_encryption_wants_a_handshake)
{
    for (const bool possible : {false, true}) {
        handlers h = by_token();
        if (possible)
            h.handshake = [](const handshake_request&) { return handshake_result{"key", "salt"}; };
        server_options options = quiet();
        options.require_encryption = true;
        server s(options, h);
        s.start();
        auto ada = connect(s);
        ada.emit("authenticate", R"({"token":"ada"})");
        const std::string told = ada.text();
        EXPECT_EQ(told == "close 4004 Encryption required", !possible) << told;
        EXPECT_EQ(told.find(R"("serverPublicKey":"key","salt":"salt")") != told.npos, possible);
        for (const client_info& info : s.clients())
            EXPECT_TRUE(info.encrypted);
    }
}

TEST(server_option, encryption_is_for_those_who_bring_a_key_or_for_all)
{
    for (const auto mode :
         {encryption_mode::off, encryption_mode::optional, encryption_mode::required}) {
        server_options options = quiet();
        options.encryption = mode;
        server s(options, by_token());
        s.start();
        auto ada = connect(s);
        ada.emit("authenticate", R"({"token":"ada"})");
        EXPECT_EQ(ada.text() == "close 4004 Encryption required",
                  mode == encryption_mode::required);
        auto bob = connect(s);
        bob.emit("authenticate", R"({"token":"bob","publicKey":")" +
                                     ecdh().generate_key_pair().public_key() + "\"}");
        EXPECT_EQ(bob.text().find(R"("serverPublicKey")") != std::string::npos,
                  mode != encryption_mode::off);
    }
}

TEST(server_option, encryption_key_file_is_the_key_of_the_server)
{
    const tests::temporary_folder folder;
    const std::string file = folder / "key.pem";
    ASSERT_EQ(std::system(("openssl ecparam -name prime256v1 -genkey -noout -out " + file).c_str()),
              0);
    std::ifstream in(file);
    const std::string pem{std::istreambuf_iterator<char>(in), {}};
    const std::string public_key = ecdh().import_key_pair(pem).public_key();
    server_options options = quiet();
    options.encryption = encryption_mode::optional;
    options.encryption_key_file = file;
    server s(options, by_token());
    s.start();
    auto ada = connect(s);
    ada.emit("authenticate",
             R"({"token":"ada","publicKey":")" + ecdh().generate_key_pair().public_key() + "\"}");
    EXPECT_NE(ada.text().find(R"("serverPublicKey":")" + public_key + '"'), std::string::npos);
    for (const std::string& bad : {folder / "missing", folder.write("bad.pem", "no key")}) {
        options.encryption_key_file = bad;
        EXPECT_THROW(server(options, by_token()), option_error) << bad;
    }
}

TEST(server_option, outbound_transform_timeout_is_how_long_one_is_waited_for)
{
    std::optional<reply<replacement>> kept;
    handlers h = by_token();
    h.outbound_transform = [&](const outbound_message& m, reply<replacement> answer) {
        if (m.event == "stuck")
            kept = std::move(answer);
        else
            answer.reject();
    };
    server_options options = quiet();
    options.outbound_transform_timeout = std::chrono::milliseconds(50);
    server s(options, h);
    s.start();
    auto ada = login(s, "ada");
    s.enable_client_encryption(ada.id);
    s.send_to_client(ada.id, "stuck");
    s.send_to_client(ada.id, "next");
    EXPECT_EQ(ada.text(), R"({"event":"next"})");
    EXPECT_EQ(s.stats().dropped_transform, 1u);
}

// What a server says of an offer, and a client that has made it.
struct deflate_visit
{
    explicit deflate_visit(const server& to)
        : client(tests::dial(to.port())),
          head(tests::ask_for_upgrade(client.socket, "/ws",
                                      "Sec-WebSocket-Extensions: permessage-deflate\r\n"))
    {
        client.emit("authenticate", R"({"token":"ada"})");
        client.text();
    }

    tests::ws_client client;
    std::string head;
};

TEST(server_option, permessage_deflate_is_agreed_on_where_it_is_enabled)
{
    server plain(quiet(), by_token());
    plain.start();
    EXPECT_EQ(deflate_visit(plain).head.find("Sec-WebSocket-Extensions"), std::string::npos);

    server_options options = quiet();
    options.permessage_deflate = true;
    server s(options, by_token());
    s.start();
    deflate_visit visit(s);
    EXPECT_NE(visit.head.find("Sec-WebSocket-Extensions: permessage-deflate; "
                              "server_no_context_takeover; client_no_context_takeover\r\n"),
              std::string::npos);
    s.broadcast("e", std::string(1000, 'x'));
    EXPECT_TRUE(visit.client.next().deflated);
    EXPECT_EQ(s.stats().messages_deflated, 1u);
}

TEST(server_option, deflate_threshold_is_the_shortest_message_that_is_compressed)
{
    server_options options = quiet();
    options.permessage_deflate = true;
    options.deflate_threshold = 500;
    server s(options, by_token());
    s.start();
    deflate_visit visit(s);
    const std::string around = R"({"event":"e","data":""})";
    s.broadcast("e", std::string(499 - around.size(), 'x'));
    s.broadcast("e", std::string(500 - around.size(), 'x'));
    const auto shorter = visit.client.next();
    EXPECT_EQ(shorter.payload.size(), 499u);
    EXPECT_FALSE(shorter.deflated);
    EXPECT_TRUE(visit.client.next().deflated);
}

TEST(server_option, deflate_context_takeover_makes_repetitions_small)
{
    server_options options = quiet();
    options.permessage_deflate = true;
    options.deflate_context_takeover = true;
    server s(options, by_token());
    s.start();
    deflate_visit visit(s);
    EXPECT_NE(visit.head.find("Sec-WebSocket-Extensions: permessage-deflate\r\n"),
              std::string::npos);
    std::string text;
    for (unsigned i = 1; text.size() < 1000; ++i)
        text += std::to_string(i * 2654435761u);
    s.broadcast("e", text);
    s.broadcast("e", text);
    const std::size_t first = visit.client.next().payload.size();
    EXPECT_LT(visit.client.next().payload.size(), first / 5);
}

TEST(server_option, max_payload_length_is_the_longest_message_of_a_client)
{
    collected<std::string> received;
    handlers h = by_token();
    h.message = [&received](const message& m) { received.add(std::string(m.event)); };
    server_options options = quiet();
    options.max_payload_length = 100;
    server s(options, h);
    s.start();
    auto ada = login(s, "ada");
    const std::string frame = R"({"event":""})";
    const std::string longest(100 - frame.size(), 'x');
    ada.emit(longest);
    EXPECT_EQ(received.wait_for(1), std::vector{longest});
    ada.emit(longest + "x");
    EXPECT_EQ(ada.text(), "close 1009 Received too big message");
    EXPECT_EQ(received.now().size(), 1u);
}

TEST(server_option, idle_timeout_drops_a_peer_that_is_silent)
{
    server_options options = quiet();
    options.idle_timeout = 200ms;
    options.send_pings = false;
    server s(options, by_token());
    s.start();
    const auto begin = clock::now();
    auto ada = login(s, "ada");
    EXPECT_EQ(ada.end(), "finished");
    EXPECT_GE(clock::now() - begin, 200ms);
}

TEST(server_option, send_pings_asks_a_silent_peer_for_life_before_it_is_dropped)
{
    for (const bool pings : {false, true}) {
        server_options options = quiet();
        options.idle_timeout = 200ms;
        options.send_pings = pings;
        server s(options, by_token());
        s.start();
        auto ada = login(s, "ada");
        EXPECT_EQ(ada.text(), pings ? "opcode 9 open" : "opcode 0 finished");
        EXPECT_EQ(ada.end(), "finished");
    }
}

TEST(server_option, backpressure_limit_drops_what_would_pass_it)
{
    server_options options = quiet();
    options.backpressure_limit = 1000;
    server s(options, by_token());
    s.start();
    auto ada = login(s, "ada");
    s.send_to_client(ada.id, "large", std::string(1000, 'x'));
    s.send_to_client(ada.id, "small", std::string(900, 'x'));
    EXPECT_EQ(ada.text().substr(0, 16), R"({"event":"small")");
    EXPECT_EQ(s.stats().dropped_slow_client, 1u);
}

TEST(server_option, slow_clients_says_what_becomes_of_it)
{
    server_options options = quiet();
    options.backpressure_limit = 1000;
    options.slow_clients = slow_client_policy::close;
    server s(options, by_token());
    s.start();
    auto ada = login(s, "ada");
    s.send_to_client(ada.id, "large", std::string(1000, 'x'));
    EXPECT_EQ(ada.text(), "close 1013 Too slow");
}

TEST(server_option, event_policies_say_it_for_one_event)
{
    server_options options = quiet();
    options.backpressure_limit = 1000;
    options.event_policies = {{"order", slow_client_policy::close}};
    server s(options, by_token());
    s.start();
    auto ada = login(s, "ada");
    s.send_to_client(ada.id, "large", std::string(1000, 'x'));
    s.send_to_client(ada.id, "small", std::string(900, 'x'));
    EXPECT_EQ(ada.text().substr(0, 16), R"({"event":"small")");
    s.send_to_client(ada.id, "order", std::string(1000, 'x'));
    EXPECT_EQ(ada.text(), "close 1013 Too slow");
}

// A client that never reads.
TEST(server_option, backpressure_limit_total_bounds_all_queues_together)
{
    server_options options = quiet();
    options.backpressure_limit = 1'000'000'000;
    options.backpressure_limit_total = 1'000'000;
    server s(options, by_token());
    s.start();
    auto ada = login(s, "ada");
    for (int i = 0; s.stats().dropped_queue_memory == 0; ++i) {
        ASSERT_LT(i, 10'000);
        s.send_to_client(ada.id, "large", std::string(10'000, 'x'));
    }
    EXPECT_EQ(s.stats().dropped_slow_client, 0u);
}

TEST(server_option, close_on_backpressure_limit_closes_instead)
{
    server_options options = quiet();
    options.backpressure_limit = 1000;
    options.close_on_backpressure_limit = true;
    server s(options, by_token());
    s.start();
    auto ada = login(s, "ada");
    s.send_to_client(ada.id, "large", std::string(1000, 'x'));
    EXPECT_EQ(ada.text(), "close 1013 Too slow");
}

TEST(server_option, publish_to_self_reaches_the_sender_too)
{
    for (const bool to_self : {false, true}) {
        server_options options = quiet();
        options.publish_to_self = to_self;
        server s(options, by_token());
        s.start();
        auto ada = login(s, "ada");
        EXPECT_EQ(s.publish(ada.id, "ws-default", "news").recipients, to_self ? 1u : 0u);
        s.send_to_client(ada.id, "end");
        EXPECT_EQ(ada.text(), to_self ? R"({"event":"news"})" : R"({"event":"end"})");
    }
}

// Makes a server write a line of each level, and returns all it wrote.
std::string lines_at(log_level level)
{
    const tests::captured_stderr log;
    server_options options = quiet();
    options.log_level = level;
    options.backpressure_limit = 1000;
    handlers h = by_token();
    tests::event failed;
    h.message = [&failed](const message&) {
        failed.set();
        throw std::runtime_error("failed");
    };
    server s(options, h);
    s.start();
    auto ada = login(s, "ada");
    s.send_to_client(ada.id, "large", std::string(1000, 'x'));
    ada.emit("fail");
    EXPECT_TRUE(failed.wait());
    s.stop(0ms);
    return log.text();
}

TEST(server_option, log_level_is_the_least_that_is_written)
{
    for (const auto level :
         {log_level::debug, log_level::info, log_level::warn, log_level::error, log_level::off}) {
        const std::string lines = lines_at(level);
        const auto wrote = [&lines](const char* what) {
            return lines.find(what) != std::string::npos;
        };
        EXPECT_EQ(wrote("Z debug client connected"), level <= log_level::debug) << lines;
        EXPECT_EQ(wrote("Z info  server started"), level <= log_level::info) << lines;
        EXPECT_EQ(wrote("Z warn  client reads too slowly"), level <= log_level::warn) << lines;
        EXPECT_EQ(wrote("Z error a handler"), level <= log_level::error) << lines;
    }
}

TEST(server_option, log_format_is_lines_for_people_or_for_programs)
{
    server_options options = quiet();
    options.log_level = log_level::info;
    EXPECT_NE(log_of(options).find(" server started identifier=cresset url="), std::string::npos);
    options.log_format = log_format::json;
    const std::string lines = log_of(options);
    const auto line = parse_json(lines.substr(0, lines.find('\n'))).as_object();
    EXPECT_EQ(line.at("message"), "server started");
    EXPECT_EQ(line.at("identifier"), "cresset");
}

} // namespace
} // namespace cresset
