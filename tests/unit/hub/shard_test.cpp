#include "hub/shard.hpp"
#include "support/captured_stderr.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace cresset::hub {
namespace {

using tests::client_frame;
using tests::test_hub;
using tests::ws_client;
using calls = std::vector<std::string>;

void close_all(test_hub& hub, unsigned shards)
{
    for (unsigned i = 0; i < shards; ++i)
        hub.shard(i).thread.run(
            [&] { hub->at(i).close_all(ws::close_code::going_away, "Server shutting down"); });
}

TEST(shard, counts_its_sessions)
{
    test_hub hub;
    auto a = hub.connect();
    auto b = hub.login();
    EXPECT_EQ(hub->count().sessions, 2u);
    EXPECT_EQ(hub->count().authenticated, 1u);
    a.socket.close();
    b.socket.reset();
    hub.app.calls.wait_for(4);
    EXPECT_EQ(hub->count().sessions, 0u);
    EXPECT_EQ(hub->count().authenticated, 0u);
}

TEST(shard, takes_what_came_behind_the_handshake)
{
    test_hub hub;
    auto client = hub.connect(0, client_frame(ws::opcode::text, R"({"event":"authenticate"})") +
                                     client_frame(ws::opcode::text, R"({"event":"said"})") +
                                     client_frame(ws::opcode::text, "cut").substr(0, 5));
    test_hub::read_connected(client);
    EXPECT_EQ(hub.app.calls.wait_for(3), (calls{"authenticate", "connected ", "message said "}));
}

TEST(shard, ends_a_client_that_fails_behind_the_handshake)
{
    test_hub hub;
    auto client = hub.connect(0, client_frame(ws::opcode::text, "x", {.masked = false}));
    EXPECT_EQ(client.next().close_code(), 1002u);
    EXPECT_EQ(client.end(), "finished");
    EXPECT_EQ(hub.app.calls.wait_for(1), calls{"disconnected "});
}

TEST(shard, closes_every_client_when_the_server_stops)
{
    test_hub hub(2);
    std::vector<ws_client> clients;
    clients.push_back(hub.connect(0));
    clients.push_back(hub.login(0, "ann"));
    clients.push_back(hub.login(1, "bob"));
    close_all(hub, 2);
    for (ws_client& client : clients) {
        EXPECT_EQ(client.text(), "close 1001 Server shutting down");
        EXPECT_EQ(client.answer_close(), "finished");
    }
    auto seen = hub.app.calls.wait_for(7);
    seen.erase(seen.begin(), seen.begin() + 4);
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(seen, (calls{"disconnected ", "disconnected ann", "disconnected bob"}));
    EXPECT_EQ(hub->count().sessions, 0u);
}

TEST(shard, closes_clients_that_come_after_the_server_stopped)
{
    test_hub hub;
    close_all(hub, 1);
    auto client = hub.connect(0, client_frame(ws::opcode::text, R"({"event":"authenticate"})"));
    EXPECT_EQ(client.text(), "close 1001 Server shutting down");
    EXPECT_EQ(client.answer_close(), "finished");
    EXPECT_EQ(hub.app.calls.wait_for(1), calls{"disconnected "});
}

TEST(shard, may_be_told_to_close_all_twice)
{
    test_hub hub;
    auto client = hub.login();
    close_all(hub, 1);
    close_all(hub, 1);
    EXPECT_EQ(client.text(), "close 1001 Server shutting down");
    EXPECT_EQ(client.answer_close(), "finished");
    EXPECT_EQ(hub.app.calls.wait_for(3).size(), 3u);
}

// In client_disconnected the client is gone: from its rooms too.
TEST(shard, lets_an_application_send_when_a_client_goes)
{
    tests::collected<bool> membership;
    test_hub hub(2);
    hub.app.on_disconnected = [&](const client& who) {
        if (!who.user_id().empty())
            membership.add(hub->is_member(who.id(), "ws-default"));
        hub->send_to_client(who.id(), {"lost", {}});
        hub->broadcast({"left", '"' + std::string(who.user_id()) + '"'});
    };
    auto same_shard = hub.login(0);
    auto other_shard = hub.login(1);
    {
        auto leaving = hub.login(0, "ann");
        leaving.socket.send(tests::client_close_frame(1000));
        EXPECT_EQ(leaving.text(), "close 1000 ");
    }
    EXPECT_EQ(same_shard.text(), R"({"event":"left","data":"ann"})");
    EXPECT_EQ(other_shard.text(), R"({"event":"left","data":"ann"})");
    EXPECT_EQ(membership.now(), std::vector<bool>{false});
    // The test's end is one more: every client goes, and the others are told.
}

TEST(shard, tells_of_the_clients_that_are_left_when_it_goes)
{
    tests::collected<std::string> seen;
    {
        test_hub hub;
        hub.app.on_disconnected = [&](const client& who) { seen.add(std::string(who.user_id())); };
        auto a = hub.login(0, "ann");
        auto b = hub.login(0, "bob");
        hub.stop_threads();
    }
    EXPECT_EQ(seen.now(), (calls{"ann", "bob"}));
}

TEST(shard, survives_an_application_that_throws_when_clients_come_and_go)
{
    const tests::captured_stderr captured;
    test_hub hub;
    hub.app.on_connected = [](const client&) { throw 1; };
    hub.app.on_disconnected = [](const client&) { throw std::runtime_error("no"); };
    for (int i = 0; i < 3; ++i) {
        auto client = hub.login();
        EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
    }
    EXPECT_EQ(hub.app.calls.wait_for(9).size(), 9u);
}

} // namespace
} // namespace cresset::hub
