#include "hub/handlers.hpp"
#include "support/captured_stderr.hpp"
#include "support/test_hub.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

namespace cresset::hub {
namespace {

using namespace std::chrono_literals;
using tests::test_hub;
using tests::ws_client;
using calls = std::vector<std::string>;

std::string error_event(std::string_view message)
{
    return R"({"event":"error","data":{"message":")" + std::string(message) + "\"}}";
}

// What a refused client sees: an error, the close frame, and the end.
void expect_refused(ws_client& client, std::string_view error)
{
    EXPECT_EQ(client.text(), error_event(error));
    EXPECT_EQ(client.text(), "close 4003 Authentication failed");
    EXPECT_EQ(client.answer_close(), "finished");
}

// Keeps the replies of an application that takes its time.
struct held_replies
{
    explicit held_replies(test_hub& hub)
    {
        hub.app.on_authenticate = [this](const client&, std::string_view, authenticate_reply r) {
            replies.add(std::make_shared<authenticate_reply>(std::move(r)));
        };
    }
    authenticate_reply next()
    {
        auto all = replies.wait_for(++taken);
        return std::move(*all.at(taken - 1));
    }

    tests::collected<std::shared_ptr<authenticate_reply>> replies;
    std::size_t taken = 0;
};

TEST(handle_authenticate, tells_an_accepted_client_who_it_is)
{
    test_hub hub;
    auto client = hub.connect();
    client.emit("authenticate", R"({"user":"ann"})");
    const std::string text = client.text();
    const auto data = protocol::find_member(text, "data");
    EXPECT_EQ(protocol::read_string_member(text, "event"), "connected");
    EXPECT_EQ(protocol::read_string_member(data, "userId"), "ann");
    EXPECT_TRUE(base::client_id::parse(*protocol::read_string_member(data, "id")));
    EXPECT_EQ(protocol::read_string_member(data, "time")->size(), 24u);
    EXPECT_EQ(hub.app.calls.wait_for(2), (calls{"authenticate", "connected ann"}));
    EXPECT_EQ(hub->count().authenticated, 1u);
}

TEST(handle_authenticate, leaves_out_a_user_that_there_is_not)
{
    test_hub hub;
    auto client = hub.connect();
    client.emit("authenticate");
    EXPECT_EQ(client.text().find("userId"), std::string::npos);
}

TEST(handle_authenticate, hands_over_the_credentials_as_they_came)
{
    test_hub hub;
    tests::collected<std::string> seen;
    hub.app.on_authenticate = [&](const client& who, std::string_view credentials,
                                  authenticate_reply reply) {
        EXPECT_EQ(who.user_id(), "");
        seen.add(std::string(credentials));
        reply.accept({});
    };
    auto a = hub.connect();
    a.emit("authenticate", R"({ "token": "x" })");
    seen.wait_for(1);
    auto b = hub.connect();
    b.emit("authenticate");
    EXPECT_EQ(seen.wait_for(2), (calls{R"({ "token": "x" })", "{}"}));
}

// PROTOCOL.md: joined to its rooms, sent `connected`, then client_connected, in this order.
TEST(handle_authenticate, says_connected_before_all_that_the_application_sends)
{
    tests::collected<bool> membership;
    test_hub hub;
    hub.app.on_connected = [&](const client& who) {
        membership.add(hub->is_member(who.id(), "ws-default"));
        membership.add(hub->is_member(who.id(), "ws-notification"));
        hub->send_to_client(who.id(), {"by id", {}});
        hub->send_to_user(who.user_id(), {"by user", {}});
        hub->send_to_room("ws-default", {"by room", {}});
        hub->broadcast({"by broadcast", {}});
    };
    auto client = hub.login(0, "ann");
    for (const char* way : {"id", "user", "room", "broadcast"})
        EXPECT_EQ(client.text(), R"({"event":"by )" + std::string(way) + "\"}");
    EXPECT_EQ(membership.now(), (std::vector<bool>{true, true}));
}

TEST(handle_authenticate, closes_a_rejected_client)
{
    test_hub hub;
    hub.app.on_authenticate = [](const client&, std::string_view, authenticate_reply reply) {
        reply.reject();
    };
    auto client = hub.connect();
    client.emit("authenticate");
    expect_refused(client, "Authentication failed");
    EXPECT_EQ(hub.app.calls.wait_for(2), (calls{"authenticate", "disconnected "}));
    EXPECT_EQ(hub->count().authenticated, 0u);
}

TEST(handle_authenticate, tells_a_failure_from_a_rejection)
{
    test_hub hub;
    hub.app.on_authenticate = [](const client&, std::string_view, authenticate_reply reply) {
        reply.fail();
    };
    auto client = hub.connect();
    client.emit("authenticate");
    expect_refused(client, "Authentication error");
}

TEST(handle_authenticate, takes_an_exception_for_a_failure)
{
    const tests::captured_stderr captured;
    test_hub hub;
    hub.app.on_authenticate = [](const client&, std::string_view, authenticate_reply) {
        throw std::runtime_error("no database");
    };
    auto client = hub.connect();
    client.emit("authenticate");
    expect_refused(client, "Authentication error");
    EXPECT_EQ(tests::count_of(captured.text(), "no database"), 1u);
}

TEST(handle_authenticate, takes_an_exception_for_a_failure_though_the_reply_lives_on)
{
    const tests::captured_stderr captured;
    test_hub hub;
    std::optional<authenticate_reply> kept;
    hub.app.on_authenticate = [&](const client&, std::string_view, authenticate_reply reply) {
        kept.emplace(std::move(reply));
        throw 7;
    };
    auto client = hub.connect();
    client.emit("authenticate");
    expect_refused(client, "Authentication error");
    kept->accept({}); // too late
    hub.settle();
    EXPECT_EQ(hub->count().authenticated, 0u);
}

TEST(handle_authenticate, takes_a_dropped_reply_for_a_rejection)
{
    test_hub hub;
    hub.app.on_authenticate = [](const client&, std::string_view, authenticate_reply) {};
    auto client = hub.connect();
    client.emit("authenticate");
    expect_refused(client, "Authentication failed");
}

TEST(handle_authenticate, accepts_later_from_another_thread)
{
    test_hub hub;
    held_replies held(hub);
    auto client = hub.connect();
    client.emit("authenticate");
    authenticate_reply reply = held.next();
    client.emit("said"); // waits for nothing
    EXPECT_EQ(client.text(), error_event("Not authenticated"));
    reply.accept({"ann"});
    test_hub::read_connected(client);
    EXPECT_EQ(hub.app.calls.wait_for(2).back(), "connected ann");
    reply.reject(); // answered already
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
}

TEST(handle_authenticate, rejects_and_fails_later_from_another_thread)
{
    test_hub hub;
    held_replies held(hub);
    auto rejected = hub.connect();
    rejected.emit("authenticate");
    held.next().reject();
    expect_refused(rejected, "Authentication failed");
    auto failed = hub.connect();
    failed.emit("authenticate");
    held.next().fail();
    expect_refused(failed, "Authentication error");
    auto dropped = hub.connect();
    dropped.emit("authenticate");
    static_cast<void>(held.next());
    expect_refused(dropped, "Authentication failed");
}

TEST(handle_authenticate, fails_if_another_thread_drops_the_reply_by_an_exception)
{
    test_hub hub;
    held_replies held(hub);
    auto client = hub.connect();
    client.emit("authenticate");
    try {
        const authenticate_reply reply = held.next();
        throw std::runtime_error("no verdict");
    } catch (const std::runtime_error&) {
    }
    expect_refused(client, "Authentication error");
}

TEST(handle_authenticate, answers_a_second_attempt_with_an_error_and_nothing_else)
{
    test_hub hub;
    held_replies held(hub);
    auto client = hub.connect();
    client.emit("authenticate");
    client.emit("authenticate");
    EXPECT_EQ(client.text(), error_event("Already authenticated"));
    held.next().accept({"ann"});
    test_hub::read_connected(client);
    client.emit("authenticate", R"({"user":"bob"})");
    EXPECT_EQ(client.text(), error_event("Already authenticated"));
    hub->send_to_user("bob", {"for bob", {}});
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
    EXPECT_EQ(hub.app.calls.now(), (calls{"authenticate", "connected ann"}));
}

TEST(handle_authenticate, drops_the_answer_for_a_client_that_has_gone)
{
    test_hub hub;
    held_replies held(hub);
    auto client = hub.connect();
    client.emit("authenticate");
    authenticate_reply reply = held.next();
    client.socket.close();
    EXPECT_EQ(hub.app.calls.wait_for(2).back(), "disconnected ");
    hub.settle();
    auto other = hub.connect(); // in the same slot
    other.emit("authenticate");
    authenticate_reply of_other = held.next();
    reply.accept({"ann"});
    hub.settle();
    EXPECT_EQ(hub->count().authenticated, 0u);
    of_other.accept({});
    test_hub::read_connected(other);
    EXPECT_EQ(hub.app.calls.wait_for(4),
              (calls{"authenticate", "disconnected ", "authenticate", "connected "}));
}

TEST(handle_authenticate, gives_up_a_verdict_that_takes_too_long)
{
    test_hub hub(1, {.auth_timeout = 150ms});
    held_replies held(hub);
    auto client = hub.connect();
    const auto begin = std::chrono::steady_clock::now();
    client.emit("authenticate");
    authenticate_reply reply = held.next();
    EXPECT_EQ(client.text(), "close 4001 Authentication timeout");
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 450ms); // three times
    reply.accept({"ann"});
    EXPECT_EQ(client.answer_close(), "finished");
    EXPECT_EQ(hub->count().authenticated, 0u);
}

TEST(handle_authenticate, takes_an_empty_user_id_for_none)
{
    test_hub hub;
    hub.app.on_authenticate = [](const client&, std::string_view, authenticate_reply reply) {
        reply.accept({""});
    };
    auto client = hub.login();
    hub->send_to_user("", {"for nobody", {}});
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
}

// What a handshake is given of an identity: "USER METADATA", "-" for no user.
std::string seen_by_handshake(identity who)
{
    test_hub hub(1, {.require_encryption = true});
    hub.app.on_authenticate = [&who](const client&, std::string_view, authenticate_reply reply) {
        reply.accept(who);
    };
    tests::collected<std::string> seen;
    hub.app.on_handshake = [&seen](const handshake_request& request,
                                   reply<handshake_result> answer) {
        const client& asked = request.client;
        seen.add((asked.has_user() ? std::string(asked.user_id()) : "-") + ' ' +
                 boost::json::serialize(asked.metadata()));
        answer.accept({"key", "salt"});
    };
    auto client = hub.login();
    return seen.now().at(0);
}

TEST(handshake, is_given_the_identity_with_a_user_or_without)
{
    EXPECT_EQ(seen_by_handshake({"ann", 7}), "ann 7");
    EXPECT_EQ(seen_by_handshake({"ann"}), "ann null");
    identity nameless;
    nameless.metadata = 7;
    EXPECT_EQ(seen_by_handshake(nameless), "- 7");
    EXPECT_EQ(seen_by_handshake({}), "- null");
}

TEST(handshake, that_fails_is_logged_once)
{
    for (const bool by_exception : {false, true}) {
        const tests::captured_stderr captured;
        test_hub hub(1, {.require_encryption = true});
        hub.app.on_handshake = [&](const handshake_request&, reply<handshake_result> answer) {
            if (by_exception)
                throw std::runtime_error("no key");
            answer.fail("no key");
        };
        auto client = hub.connect();
        client.emit("authenticate");
        expect_refused(client, "Authentication error");
        EXPECT_EQ(tests::count_of(captured.text(), "error=\"no key\""), 1u);
        EXPECT_EQ(tests::count_of(captured.text(), "error="), 1u) << captured.text();
        EXPECT_EQ(tests::count_of(captured.text(), "handshake failed to reach a verdict client="),
                  by_exception ? 0u : 1u);
    }
}

TEST(authenticate_reply, rejects_what_it_stood_for_when_another_is_moved_into_it)
{
    test_hub hub;
    held_replies held(hub);
    auto a = hub.connect();
    a.emit("authenticate");
    authenticate_reply reply = held.next();
    auto b = hub.connect();
    b.emit("authenticate");
    reply = held.next();
    expect_refused(a, "Authentication failed");
    reply.accept({});
    test_hub::read_connected(b);
}

} // namespace
} // namespace cresset::hub
