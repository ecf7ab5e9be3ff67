#include "hub/hub.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cresset::hub {
namespace {

using tests::test_hub;
using tests::ws_client;

constexpr unsigned busy_shards = 3;
constexpr unsigned senders = 8;

// Sends numbered messages in every way there is; all of them to "ws-default" among others.
void send_everything(test_hub& hub, unsigned sender, int count,
                     const std::vector<base::client_id>& ids)
{
    for (int i = 0; i < count; ++i) {
        const std::string data = '[' + std::to_string(sender) + ',' + std::to_string(i) + ']';
        const outgoing_event event{"numbered", data};
        switch (i % 4) {
        case 0:
            hub->broadcast(event);
            break;
        case 1:
            hub->send_to_room("ws-default", event);
            break;
        case 2:
            hub->send_to_user("stays", event);
            break;
        case 3:
            for (const base::client_id& id : ids)
                hub->send_to_client(id, event);
            break;
        }
    }
}

// Connects, says something, and goes in one way or another.
void come_and_go(test_hub& hub, unsigned shard, int count)
{
    for (int i = 0; i < count; ++i) {
        ws_client client = hub.connect(shard);
        client.emit("authenticate", R"({"user":"passes"})");
        if (i % 4 == 0)
            continue; // without waiting for the answer
        client.emit("join", R"({"rooms":["red","green"]})");
        client.emit("said", "7");
        client.text();
        if (i % 4 == 1)
            client.socket.reset();
        else if (i % 4 == 2)
            client.socket.send(tests::client_close_frame(1000));
    }
}

// All that each sender sent, each once and in its order.
void expect_all(ws_client& client, int count)
{
    std::map<std::string, int> next;
    for (int n = 0; n < static_cast<int>(senders) * count;) {
        const std::string text = client.text();
        ASSERT_EQ(text.substr(0, 8), R"({"event")") << text;
        if (text.find("\"numbered\"") == std::string::npos)
            continue;
        const std::size_t begin = text.find('[') + 1;
        const std::size_t comma = text.find(',', begin);
        const std::string sender = text.substr(begin, comma - begin);
        ASSERT_EQ(std::stoi(text.substr(comma + 1)), next[sender]++) << "of " << sender;
        ++n;
    }
}

TEST(hub_threads, deliver_everything_in_order_while_clients_come_and_go)
{
    constexpr int count = 100;
    test_hub hub(busy_shards, {.queue_bytes_max = 64 * 1024 * 1024});
    hub.app.on_message = [&](const client& from, std::string_view name, std::string_view data) {
        hub->send_to_room("red", {name, data}, {from.id()});
    };
    std::vector<ws_client> staying;
    std::vector<base::client_id> ids;
    for (unsigned i = 0; i < busy_shards; ++i) {
        staying.push_back(hub.login(i, "stays"));
        ids.push_back(staying.back().id);
    }
    std::vector<std::thread> threads;
    for (unsigned s = 0; s < senders; ++s)
        threads.emplace_back([&, s] { send_everything(hub, s, count, ids); });
    for (unsigned i = 0; i < busy_shards; ++i)
        threads.emplace_back([&, i] { come_and_go(hub, i, 20); });
    for (ws_client& client : staying)
        threads.emplace_back([&client] { expect_all(client, count); });
    for (std::thread& t : threads)
        t.join();
    for (ws_client& client : staying)
        EXPECT_TRUE(hub.nothing_more_for(client)) << hub.last_text;
    EXPECT_EQ(hub->count().dropped_slow_client, 0u);
}

TEST(hub_threads, answer_authentications_from_other_threads_while_clients_go)
{
    test_hub hub(busy_shards);
    std::mutex mutex;
    std::vector<std::thread> answering;
    hub.app.on_authenticate = [&](const client&, std::string_view, authenticate_reply reply) {
        const std::lock_guard lock(mutex);
        answering.emplace_back([reply = std::move(reply), n = answering.size()]() mutable {
            if (n % 3 == 0)
                reply.accept({"somebody"});
            else if (n % 3 == 1)
                reply.reject(); // or is dropped
        });
    };
    std::vector<std::thread> clients;
    for (unsigned i = 0; i < busy_shards; ++i)
        clients.emplace_back([&hub, i] {
            for (int n = 0; n < 20; ++n) {
                ws_client client = hub.connect(i);
                client.emit("authenticate");
                if (n % 2 == 0)
                    client.text();
            }
        });
    for (std::thread& t : clients)
        t.join();
    hub.settle();
    const std::lock_guard lock(mutex);
    for (std::thread& t : answering)
        t.join();
}

TEST(hub_threads, may_go_on_sending_while_the_shards_stop)
{
    test_hub hub(busy_shards);
    std::vector<ws_client> clients;
    for (unsigned i = 0; i < busy_shards; ++i)
        clients.push_back(hub.login(i, "stays"));
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (unsigned s = 0; s < 4; ++s)
        threads.emplace_back([&, s] {
            while (!stop)
                send_everything(hub, s, 4, {clients[0].id});
        });
    for (unsigned i = 0; i < busy_shards; ++i)
        hub.shard(i).thread.run([&] { hub->at(i).close_all(ws::close_code::going_away, "bye"); });
    hub.stop_threads();
    stop = true;
    for (std::thread& t : threads)
        t.join();
    EXPECT_EQ(hub->count().sessions, 0u);
}

} // namespace
} // namespace cresset::hub
