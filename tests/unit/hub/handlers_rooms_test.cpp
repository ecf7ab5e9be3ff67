#include "hub/handlers.hpp"
#include "support/captured_stderr.hpp"
#include "support/event_text.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace cresset::hub {
namespace {

using tests::test_hub;
using names = std::vector<std::string>;

using tests::event_text;

// Has the server do all that the client sent until now.
void settle(test_hub& hub, tests::ws_client& client)
{
    client.emit("settled?");
    const std::string marker = "message settled? ";
    for (std::size_t n = 1;; ++n)
        if (const auto calls = hub.app.calls.wait_for(n);
            calls.size() < n || calls.back() == marker)
            return;
}

TEST(handle_join, lets_a_client_into_the_rooms_that_are_allowed)
{
    test_hub hub;
    hub.app.on_join = [](const client& who, names rooms, join_reply reply) {
        EXPECT_EQ(who.user_id(), "ann");
        EXPECT_EQ(rooms, (names{"red", "green", "blue"}));
        reply.accept({"red", "blue"});
    };
    auto client = hub.login(0, "ann");
    client.emit("join", R"({"rooms":["red","green","blue"]})");
    settle(hub, client);
    for (const char* room : {"red", "green", "blue"})
        hub->send_to_room(room, {room, {}});
    EXPECT_EQ(client.text(), event_text("red"));
    EXPECT_EQ(client.text(), event_text("blue"));
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
}

TEST(handle_join, asks_only_for_well_formed_names)
{
    test_hub hub;
    tests::collected<names> asked;
    hub.app.on_join = [&](const client&, names rooms, join_reply reply) {
        asked.add(rooms);
        reply.accept(rooms);
    };
    auto client = hub.login();
    client.emit("join", R"({"rooms":["", "ws:room:x", 7, null, ")" + client.id.to_string() +
                            "\",\"" + std::string(257, 'x') + R"(", "fine"]})");
    EXPECT_EQ(asked.wait_for(1), std::vector<names>{names{"fine"}});
    EXPECT_EQ(hub->count().refused_joins, 4u);
}

TEST(handle_join, looks_at_no_more_rooms_than_a_client_may_be_in)
{
    test_hub hub(1, {.rooms_a_client_max = 2});
    tests::collected<names> asked;
    hub.app.on_join = [&](const client&, names rooms, join_reply reply) {
        asked.add(rooms);
        reply.accept(rooms);
    };
    auto client = hub.login();
    client.emit("join", R"({"rooms":["a","b","c","d","e"]})");
    EXPECT_EQ(asked.wait_for(1), (std::vector<names>{{"a", "b"}}));
    EXPECT_EQ(hub->count().refused_joins, 3u);
}

TEST(handle_join, and_leave_of_many_rooms_count_as_many_messages)
{
    std::string rooms = R"("red")";
    for (int i = 0; i < 16 * 30; ++i)
        rooms += ",7,\"red\"";
    for (const char* event : {"join", "leave"}) {
        test_hub hub(1, {.rates = {.messages = 2}});
        auto client = hub.login();
        client.emit(event, R"({"rooms":[)" + rooms + "]}");
        EXPECT_EQ(client.text(), event_text("error", R"({"message":"Too many messages"})"));
    }
}

TEST(handle_join, asks_nobody_for_nothing)
{
    test_hub hub;
    auto client = hub.login();
    for (const std::string data : {R"({"rooms":[]})", R"({"rooms":["ws:x"]})", R"({"rooms":"red"})",
                                   "{}", "null", "[]", "7"})
        client.emit("join", data);
    client.emit("join");
    settle(hub, client);
    EXPECT_EQ(hub.app.calls.now(), (names{"authenticate", "connected ", "message settled? "}));
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
}

TEST(handle_join, is_silent_when_refused)
{
    test_hub hub;
    hub.app.on_join = [](const client&, names, join_reply) {};
    auto client = hub.login();
    client.emit("join", R"({"rooms":["red"]})");
    settle(hub, client);
    hub->send_to_room("red", {"red", {}});
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
}

TEST(handle_join, refuses_when_the_application_throws)
{
    const tests::captured_stderr captured;
    test_hub hub;
    hub.app.on_join = [](const client&, names, join_reply) { throw std::runtime_error("no"); };
    auto client = hub.login();
    client.emit("join", R"({"rooms":["red"]})");
    settle(hub, client);
    hub->send_to_room("red", {"red", {}});
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
    EXPECT_EQ(tests::count_of(captured.text(), "handler=validate_room error=no"), 1u);
    EXPECT_EQ(tests::count_of(captured.text(), "error="), 1u) << captured.text();
}

TEST(handle_join, logs_why_there_is_no_verdict)
{
    const tests::captured_stderr captured;
    test_hub hub;
    tests::collected<std::shared_ptr<join_reply>> replies;
    hub.app.on_join = [&](const client&, names rooms, join_reply reply) {
        if (rooms.front() == "later")
            replies.add(std::make_shared<join_reply>(std::move(reply)));
        else
            reply.fail("no database");
    };
    auto client = hub.login();
    client.emit("join", R"({"rooms":["now"]})");
    client.emit("join", R"({"rooms":["later"]})");
    replies.wait_for(1).at(0)->fail("no answer");
    hub.settle();
    const std::string failed =
        "error join failed to reach a verdict client=" + client.id.to_string() +
        " address=203.0.113.9 error=";
    EXPECT_EQ(tests::count_of(captured.text(), failed + "\"no database\""), 1u);
    EXPECT_EQ(tests::count_of(captured.text(), failed + "\"no answer\""), 1u);
    EXPECT_EQ(hub->count().refused_joins, 2u);
}

TEST(handle_join, lets_a_client_in_late_from_another_thread)
{
    test_hub hub;
    tests::collected<std::shared_ptr<join_reply>> replies;
    hub.app.on_join = [&](const client&, names, join_reply reply) {
        replies.add(std::make_shared<join_reply>(std::move(reply)));
    };
    auto client = hub.login();
    client.emit("join", R"({"rooms":["red"]})");
    replies.wait_for(1).at(0)->accept({"red"});
    replies.now().at(0)->accept({"green"}); // answered already
    hub->send_to_room("green", {"green", {}});
    hub.settle();
    hub->send_to_room("red", {"red", {}});
    EXPECT_EQ(client.text(), event_text("red"));
}

TEST(handle_join, forgets_a_late_answer_for_a_client_that_has_gone)
{
    test_hub hub;
    tests::collected<std::shared_ptr<join_reply>> replies;
    hub.app.on_join = [&](const client&, names, join_reply reply) {
        replies.add(std::make_shared<join_reply>(std::move(reply)));
    };
    {
        auto client = hub.login();
        client.emit("join", R"({"rooms":["red"]})");
        replies.wait_for(1);
    }
    hub.app.calls.wait_for(4);
    hub.settle();
    auto other = hub.login(); // in the same slot
    replies.now().at(0)->accept({"red"});
    hub.settle();
    hub->send_to_room("red", {"red", {}});
    EXPECT_TRUE(hub.nothing_more_for(other)) << hub.last_text;
    EXPECT_EQ(hub->names().find({group_kind::room, "red"}), 0u);
}

TEST(handle_join, delivers_once_however_often_a_room_is_joined)
{
    test_hub hub;
    auto client = hub.login();
    client.emit("join", R"({"rooms":["red","red"]})");
    client.emit("join", R"({"rooms":["red"]})");
    settle(hub, client);
    hub->send_to_room("red", {"red", {}});
    EXPECT_EQ(client.text(), event_text("red"));
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
}

TEST(handle_leave, takes_a_client_out_of_the_rooms_that_it_is_in)
{
    test_hub hub;
    auto client = hub.login();
    client.emit("join", R"({"rooms":["red","green"]})");
    client.emit("leave", R"({"rooms":["red","unknown",7,""]})");
    settle(hub, client);
    hub->send_to_room("red", {"red", {}});
    hub->send_to_room("green", {"green", {}});
    EXPECT_EQ(client.text(), event_text("green"));
    EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
    EXPECT_EQ(hub->names().find({group_kind::room, "red"}), 0u);
}

TEST(handle_leave, leaves_default_rooms_but_never_the_own_id_room)
{
    test_hub hub;
    auto client = hub.login();
    client.emit("leave", R"({"rooms":["ws-default",")" + client.id.to_string() + "\"]}");
    settle(hub, client);
    hub->send_to_room("ws-default", {"default", {}});
    hub->send_to_room(client.id.to_string(), {"own", {}});
    EXPECT_EQ(client.text(), event_text("own"));
}

TEST(handle_leave, cannot_take_a_client_from_its_user)
{
    test_hub hub;
    auto client = hub.login(0, "ann");
    client.emit("leave", R"({"rooms":["ann"]})");
    settle(hub, client);
    hub->send_to_user("ann", {"for ann", {}});
    EXPECT_EQ(client.text(), event_text("for ann"));
}

} // namespace
} // namespace cresset::hub
