// Clients of a node whose others take a while to know of them.

#include "hub/hub.hpp"
#include "support/event_text.hpp"
#include "support/recording_broker.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace cresset::hub {
namespace {

using broker::target_kind;
using tests::client_frame;
using tests::recording_broker;
using tests::test_hub;
using tests::ws_client;
using ws::opcode;

std::string error_of(std::string_view message)
{
    return R"({"event":"error","data":{"message":")" + std::string(message) + R"("}})";
}

using tests::event_text;

struct hub_settling : testing::Test
{
    hub_settling() { hub = std::make_unique<test_hub>(2, options{}, &nodes); }

    ~hub_settling() override
    {
        hub.reset();
        nodes.settle(); // too late for anything
        EXPECT_EQ(nodes.interests(), recording_broker::counts{});
    }

    // One that has authenticated, which the others don't know yet.
    ws_client announced(unsigned shard = 0)
    {
        nodes.settle_late();
        ws_client c = hub->connect(shard);
        c.emit("authenticate", R"({"user":"ann"})");
        nodes.wait_for_waiting(1);
        return c;
    }

    // Messages are answered with an event of the same name.
    void answer()
    {
        hub->app.on_message = [this](const client& from, std::string_view name, std::string_view) {
            (*hub)->send_to_client(from.id(), {name, {}});
        };
    }

    // One in the room "r", which the others don't know yet.
    ws_client joining(unsigned shard = 0)
    {
        answer();
        ws_client c = hub->login(shard, "ann");
        nodes.settle_late();
        c.emit("join", R"({"rooms":["r"]})");
        nodes.wait_for_waiting(1);
        return c;
    }

    recording_broker nodes;
    std::unique_ptr<test_hub> hub;
};

TEST_F(hub_settling, tells_a_client_that_it_is_connected_when_others_can_reach_it)
{
    ws_client ann = announced();
    hub->settle();
    EXPECT_EQ((*hub)->count().messages_delivered, 0u);
    for (const char* room : {"ws-default", "ws-notification"})
        EXPECT_EQ(nodes.interest_in(target_kind::room, room), 1);
    EXPECT_EQ(nodes.interest_in(target_kind::user, "ann"), 1);
    EXPECT_EQ(hub->app.calls.now(), (std::vector<std::string>{"authenticate"}));
    nodes.settle();
    test_hub::read_connected(ann);
    EXPECT_EQ(hub->app.calls.wait_for(2).back(), "connected ann");
    for (const target_kind kind : {target_kind::client, target_kind::room})
        EXPECT_EQ(nodes.interest_in(kind, ann.id.to_string()), 1);
    EXPECT_EQ(nodes.interest_in(target_kind::user, "ann"), 1);
}

TEST_F(hub_settling, counts_a_client_that_waits_as_authenticating)
{
    ws_client ann = announced(1);
    ann.emit("hello");
    EXPECT_EQ(ann.text(), error_of("Not authenticated"));
    ann.emit("authenticate", R"({"user":"bob"})");
    EXPECT_EQ(ann.text(), error_of("Already authenticated"));
    EXPECT_EQ((*hub)->send_to_user("ann", {"early", {}}).recipients, 0u);
    nodes.settle();
    test_hub::read_connected(ann);
    EXPECT_EQ((*hub)->send_to_user("ann", {"now", {}}).recipients, 1u);
    EXPECT_EQ(ann.text(), event_text("now"));
}

TEST_F(hub_settling, forgets_a_client_that_leaves_while_it_waits)
{
    ws_client ann = announced();
    ASSERT_TRUE(ann.socket.send(tests::client_close_frame(1000)));
    EXPECT_EQ(ann.text(), "close 1000 ");
    EXPECT_EQ(hub->app.calls.wait_for(2).back(), "disconnected ");
    EXPECT_EQ(nodes.interests(), recording_broker::counts{});
    nodes.settle();
    hub->settle();
    EXPECT_EQ(hub->app.calls.now().size(), 2u);
}

TEST_F(hub_settling, ends_with_clients_that_wait)
{
    ws_client ann = announced();
    hub->stop_threads();
}

// It was accepted: what the handler does afterwards changes nothing.
TEST_F(hub_settling, keeps_the_verdict_of_a_handler_that_then_throws)
{
    hub->app.on_authenticate = [](const client&, std::string_view, reply<identity> answer) {
        answer.accept(identity("ann"));
        throw std::runtime_error("too late");
    };
    ws_client ann = announced();
    nodes.settle();
    test_hub::read_connected(ann);
}

TEST_F(hub_settling, makes_the_handshake_first)
{
    options settings;
    settings.require_encryption = true;
    hub = std::make_unique<test_hub>(1, settings, &nodes);
    hub->app.on_handshake = [](const handshake_request& request, reply<handshake_result> answer) {
        EXPECT_EQ(request.client.user_id(), "ann");
        answer.accept({"key", "salt"});
    };
    ws_client ann = announced();
    nodes.settle();
    EXPECT_NE(ann.text().find(R"("serverPublicKey":"key")"), std::string::npos);
}

TEST_F(hub_settling, holds_back_what_a_client_says_after_a_join)
{
    ws_client ann = joining();
    ann.emit("first");
    ann.emit("second");
    hub->settle();
    EXPECT_EQ(hub->app.calls.now().back(), "join");
    (*hub)->send_to_room("r", {"to all", {}}); // what others say is not held back
    EXPECT_EQ(ann.text(), event_text("to all"));
    nodes.settle();
    EXPECT_EQ(ann.text(), event_text("first"));
    EXPECT_EQ(ann.text(), event_text("second"));
}

TEST_F(hub_settling, lets_further_joins_pass)
{
    ws_client ann = joining(1);
    ann.emit("heartbeat");
    ann.emit("leave", R"({"rooms":["r"]})");
    ann.emit("join", R"({"rooms":["s"]})");
    ann.emit("join", R"({"rooms":["t"]})");
    ann.emit("after three");
    ann.emit("join", R"({"rooms":["u"]})");
    while (nodes.interest_in(target_kind::room, "t") == 0)
        hub->settle();
    hub->settle();
    EXPECT_EQ(nodes.interest_in(target_kind::room, "u"), 0); // is behind what has to wait
    EXPECT_EQ((*hub)->send_to_room("r", {"r", {}}).recipients, 0u);
    nodes.wait_for_waiting(1); // for the first
    nodes.settle();
    nodes.wait_for_waiting(1); // for those that came since: one question, however many
    hub->settle();
    EXPECT_EQ(hub->app.calls.now().back(), "join");
    nodes.settle();
    EXPECT_EQ(ann.text(), event_text("after three"));
    nodes.wait_for_waiting(1);
    ann.emit("after four");
    nodes.settle();
    EXPECT_EQ(ann.text(), event_text("after four"));
}

TEST_F(hub_settling, goes_on_with_bytes_however_they_came)
{
    const std::string all =
        client_frame(opcode::text, R"({"event":"join","data":{"rooms":["r"]}})") +
        client_frame(opcode::text, R"({"event":"one"})") +
        client_frame(opcode::text, R"({"event")", {.fin = false}) +
        client_frame(opcode::ping, "between") + client_frame(opcode::continuation, R"(:"two"})") +
        client_frame(opcode::text, "no JSON");
    answer();
    ws_client ann = hub->login();
    nodes.settle_late();
    for (const std::size_t piece : {all.size(), std::size_t{1}, std::size_t{11}}) {
        for (std::size_t at = 0; at < all.size(); at += piece)
            ASSERT_TRUE(ann.socket.send(all.substr(at, piece)));
        nodes.wait_for_waiting(1);
        nodes.settle();
        EXPECT_EQ(ann.text(), event_text("one"));
        EXPECT_EQ(ann.next().op, opcode::pong);
        EXPECT_EQ(ann.text(), event_text("two"));
        EXPECT_EQ(ann.text(), error_of("Invalid message format"));
    }
}

TEST_F(hub_settling, tells_who_joins_a_client_when_others_know)
{
    tests::collected<std::string> done;
    ws_client ann = hub->login(1, "ann");
    ASSERT_TRUE((**hub).join(ann.id, "alone", [&] {
        EXPECT_TRUE(hub->shard(1).shard->in_thread());
        EXPECT_TRUE((*hub)->is_member(ann.id, "alone"));
        done.add("at once");
    }));
    EXPECT_EQ(done.wait_for(1), std::vector<std::string>{"at once"});
    nodes.settle_late();
    ASSERT_TRUE((**hub).join(ann.id, "r", [&] { done.add("r"); }));
    ASSERT_TRUE((**hub).join(ann.id, "s", [&] {
        done.add("s");
        throw std::runtime_error("harmless");
    }));
    EXPECT_FALSE((**hub).join(ann.id, "", [&] { done.add("never"); }));
    ann.emit("hello"); // which is not held back
    EXPECT_EQ(hub->app.calls.wait_for(3).back(), "message hello ");
    hub->settle();
    EXPECT_EQ((*hub)->send_to_room("r", {"here", {}}).recipients, 1u);
    EXPECT_EQ(ann.text(), event_text("here"));
    EXPECT_EQ(done.now().size(), 1u);
    nodes.settle();
    EXPECT_EQ(done.wait_for(3), (std::vector<std::string>{"at once", "r", "s"}));
}

TEST_F(hub_settling, answers_a_close_frame_behind_what_waits)
{
    ws_client ann = joining();
    ann.emit("first");
    ASSERT_TRUE(ann.socket.send(tests::client_close_frame(1000, "bye")));
    hub->settle();
    nodes.settle();
    EXPECT_EQ(ann.text(), event_text("first"));
    EXPECT_EQ(ann.text(), "close 1000 bye");
    EXPECT_EQ(ann.end(), "finished");
}

TEST_F(hub_settling, takes_nothing_more_of_a_client_that_is_closed_meanwhile)
{
    ws_client ann = joining();
    ann.emit("never taken");
    hub->settle();
    (**hub).disconnect(ann.id, ws::close_code{4000}, "enough");
    EXPECT_EQ(ann.text(), "close 4000 enough");
    EXPECT_EQ(hub->app.calls.wait_for(4).back(), "disconnected ann");
    ASSERT_TRUE(ann.socket.send(tests::client_close_frame(4000)));
    nodes.settle();
    EXPECT_EQ(ann.end(), "finished");
    EXPECT_EQ(hub->app.calls.now().size(), 4u);
}

} // namespace
} // namespace cresset::hub
