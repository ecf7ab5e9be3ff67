#include "hub/hub.hpp"
#include "support/event_text.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cresset::hub {
namespace {

using tests::test_hub;
using tests::ws_client;

using tests::event_text;

// Three shards with a client each, all in the room "red".
struct hub_fixture : testing::Test
{
    hub_fixture()
    {
        for (unsigned i = 0; i < 3; ++i) {
            clients.push_back(hub.login(i, i == 2 ? "bob" : "ann"));
            join(clients[i], "red");
        }
    }

    // Returns when the client is in.
    void join(ws_client& client, const std::string& room)
    {
        client.emit("join", R"({"rooms":[")" + room + "\"]}");
        for (;;) {
            hub->send_to_room(room, {"joined?", {}}, others(client));
            hub->send_to_client(client.id, {"fence", {}});
            const bool in = client.text() == event_text("joined?");
            if (in && client.text() == event_text("fence"))
                return;
        }
    }

    client_ids others(const ws_client& client)
    {
        client_ids ids;
        for (const ws_client& c : clients)
            if (c.id != client.id)
                ids.push_back(c.id);
        return ids;
    }

    // Each gets exactly this, or nothing.
    void expect(const std::vector<bool>& who, const std::string& text)
    {
        for (std::size_t i = 0; i < clients.size(); ++i) {
            if (who[i]) {
                EXPECT_EQ(clients[i].text(), text) << i;
            }
            EXPECT_TRUE(hub.nothing_more_for(clients[i])) << i << ": " << hub.last_text;
        }
    }

    test_hub hub{3};
    std::vector<ws_client> clients;
};

using hub_of_three_shards = hub_fixture;

TEST_F(hub_of_three_shards, tells_the_shard_of_a_client_by_its_id)
{
    for (unsigned i = 0; i < 3; ++i)
        EXPECT_EQ(base::shard_of(clients[i].id, 3), i);
}

TEST_F(hub_of_three_shards, sends_to_one_client)
{
    hub->send_to_client(clients[1].id, {"hello", R"({"n":1})"});
    expect({false, true, false}, event_text("hello", R"({"n":1})"));
}

TEST_F(hub_of_three_shards, sends_to_all_sessions_of_a_user)
{
    hub->send_to_user("ann", {"hello", "[]"});
    expect({true, true, false}, event_text("hello", "[]"));
    hub->send_to_user("red", {"hello", {}}); // a room, no user
    expect({false, false, false}, "");
}

TEST_F(hub_of_three_shards, sends_to_a_room)
{
    hub->send_to_room("red", {"hello", "0"});
    expect({true, true, true}, event_text("hello", "0"));
    hub->send_to_room("ann", {"hello", {}}); // a user, no room
    expect({false, false, false}, "");
}

TEST_F(hub_of_three_shards, leaves_out_the_excluded)
{
    hub->send_to_room("red", {"hello", {}}, {clients[0].id, clients[2].id, clients[0].id});
    expect({false, true, false}, event_text("hello"));
    hub->broadcast({"hello", {}}, {clients[1].id, base::client_id{}});
    expect({true, false, true}, event_text("hello"));
    hub->broadcast({"again", {}}); // and only that once
    expect({true, true, true}, event_text("again"));
}

TEST_F(hub_of_three_shards, sends_to_the_room_of_a_clients_own_id)
{
    const std::string own = clients[2].id.to_string();
    hub->send_to_room(own, {"own", {}});
    expect({false, false, true}, event_text("own"));
    hub->send_to_room(own, {"own", {}}, {clients[2].id});
    expect({false, false, false}, "");
    hub->send_to_room(own, {"own", {}}, {clients[0].id});
    expect({false, false, true}, event_text("own"));
}

TEST_F(hub_of_three_shards, broadcasts_to_authenticated_clients_only)
{
    auto stranger = hub.connect(1);
    hub->broadcast({"hello", {}});
    expect({true, true, true}, event_text("hello"));
    stranger.emit("nothing");
    EXPECT_EQ(stranger.text(), R"({"event":"error","data":{"message":"Not authenticated"}})");
}

TEST_F(hub_of_three_shards, sends_to_nobody_without_harm)
{
    base::client_id_generator ids;
    hub->send_to_client(ids.next(), {"hello", {}});
    hub->send_to_user("nobody", {"hello", {}});
    hub->send_to_user("", {"hello", {}});
    hub->send_to_room("nowhere", {"hello", {}});
    hub->send_to_room("", {"hello", {}});
    hub->send_to_room(ids.next().to_string(), {"hello", {}});
    expect({false, false, false}, "");
}

TEST_F(hub_of_three_shards, keeps_the_order_of_one_thread_across_all_ways_of_sending)
{
    std::vector<std::string> expected;
    for (int i = 0; i < 200; ++i) {
        const std::string name = std::to_string(i);
        expected.push_back(event_text(name));
        if (i % 4 == 0)
            hub->send_to_client(clients[0].id, {name, {}});
        else if (i % 4 == 1)
            hub->send_to_user("ann", {name, {}});
        else if (i % 4 == 2)
            hub->send_to_room("red", {name, {}});
        else
            hub->broadcast({name, {}});
    }
    for (const std::string& text : expected)
        ASSERT_EQ(clients[0].text(), text);
}

TEST_F(hub_of_three_shards, sends_from_inside_a_callback_to_other_shards)
{
    hub.app.on_message = [this](const client& from, std::string_view name, std::string_view data) {
        hub->send_to_room("red", {name, data}, {from.id()});
    };
    clients[1].emit("said", R"({"text":"hi"})");
    EXPECT_EQ(clients[0].text(), event_text("said", R"({"text":"hi"})"));
    EXPECT_EQ(clients[2].text(), event_text("said", R"({"text":"hi"})"));
    EXPECT_TRUE(hub.nothing_more_for(clients[1])) << hub.last_text;
}

TEST_F(hub_of_three_shards, keeps_a_join_in_mind_while_the_last_member_leaves)
{
    tests::event leave, left, join;
    const auto wait_at_shard_1 = [&](tests::event& reached, tests::event& go_on) {
        hub.shard(1).thread.loop().post([&] {
            reached.set();
            EXPECT_TRUE(go_on.wait());
        });
    };
    auto newcomer = hub.login(1);
    tests::event begun;
    wait_at_shard_1(begun, leave);
    (*hub).leave(clients[1].id, "red");
    wait_at_shard_1(left, join);
    (*hub).join(newcomer.id, "red");
    leave.set();
    ASSERT_TRUE(left.wait());
    hub->send_to_room("red", {"news", {}});
    join.set();
    EXPECT_EQ(newcomer.text(), event_text("news"));
}

TEST_F(hub_of_three_shards, forgets_a_client_that_goes)
{
    hub.app.calls.wait_for(9);
    clients[2].socket.close();
    EXPECT_EQ(hub.app.calls.wait_for(10).back(), "disconnected bob");
    hub.settle();
    EXPECT_EQ(hub->names().find({group_kind::user, "bob"}), 0u);
    EXPECT_EQ(hub->names().find({group_kind::room, "red"}), 3u);
    EXPECT_EQ(hub->count().sessions, 2u);
    EXPECT_EQ(hub->count().authenticated, 2u);
    clients.pop_back();
    hub->broadcast({"hello", {}});
    expect({true, true}, event_text("hello"));
}

TEST_F(hub_of_three_shards, counts_what_it_does)
{
    const totals before = hub->count();
    hub->send_to_room("red", {"hello", {}});
    expect({true, true, true}, event_text("hello")); // with a fence each
    EXPECT_EQ(hub->count().messages_delivered - before.messages_delivered, 6u);
    EXPECT_EQ(hub->count().sessions, 3u);
    EXPECT_EQ(hub->count().dropped_slow_client, 0u);
}

TEST_F(hub_of_three_shards, knows_members_from_any_thread)
{
    EXPECT_TRUE(hub->is_member(clients[1].id, "red"));
    EXPECT_FALSE(hub->is_member(clients[1].id, "blue"));
    base::client_id unknown = clients[1].id;
    unknown.bytes[0] ^= 1;
    EXPECT_FALSE(hub->is_member(unknown, "red"));
    hub.shard(1).thread.run([this] { EXPECT_TRUE(hub->is_member(clients[1].id, "red")); });
}

TEST_F(hub_of_three_shards, has_each_client_in_the_room_of_its_own_id)
{
    EXPECT_TRUE(hub->is_member(clients[1].id, clients[1].id.to_string()));
    EXPECT_FALSE(hub->is_member(clients[1].id, clients[2].id.to_string()));
    base::client_id unknown = clients[1].id;
    unknown.bytes[0] ^= 1;
    EXPECT_FALSE(hub->is_member(unknown, unknown.to_string()));
}

TEST_F(hub_of_three_shards, sends_large_messages_whole)
{
    const std::string data = '"' + std::string(500'000, 'x') + '"';
    hub->send_to_room("red", {"large", data});
    expect({true, true, true}, event_text("large", data));
}

} // namespace
} // namespace cresset::hub
