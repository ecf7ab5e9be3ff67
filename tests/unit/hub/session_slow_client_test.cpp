#include "hub/session.hpp"
#include "support/captured_stderr.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <utility>

namespace cresset::hub {
namespace {

using tests::captured_stderr;
using tests::count_of;
using tests::test_hub;
using tests::ws_client;
using policy = slow_client_policy;

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
        EXPECT_LE(s->waiting_bytes(), queue_bytes_max);
        EXPECT_GT(s->waiting_bytes(), queue_bytes_max - 3000);
    });
}

// A client that asked to be told what it loses, and reads only when the test says so.
struct gap_client
{
    explicit gap_client(options settings)
        : nodes(1, std::move(settings)), client(nodes.connect(0, {}, 4096))
    {
        client.emit("authenticate", R"({"capabilities":["gap","other"]})");
        connected = client.text();
        const auto id =
            protocol::read_string_member(protocol::find_member(connected, "data"), "id");
        client.id = base::client_id::parse(*id).value();
        run([](shard& home, session& s) { home.join(s, {group_kind::room, "news"}); });
    }

    template <typename Function>
    void run(Function f)
    {
        nodes.shard().thread.run([&] {
            shard& home = *nodes.shard().shard;
            session* s = home.find(client.id);
            ASSERT_NE(s, nullptr);
            f(home, *s);
        });
    }

    void send(const std::string& event, const std::string& data)
    {
        nodes->send_to_room("news", {event, data});
        ++sent;
    }

    // Sends until the client is behind, and then so many more.
    void overrun(int more)
    {
        for (bool behind = false; !behind;) {
            for (int i = 0; i < 50; ++i)
                send("fill", '"' + std::string(1000, 'x') + '"');
            nodes.settle(); // the turn is over: what still waits, the kernel did not take
            run([&](shard&, session& s) { behind = s.waiting_bytes() > 0; });
        }
        for (int i = 0; i < more; ++i)
            send("more", std::to_string(i));
        nodes.settle();
    }

    // Reads until the event; counts the others by name.
    std::string read_until(std::string_view event)
    {
        for (;;) {
            const std::string text = client.text();
            const auto name = protocol::read_string_member(text, "event");
            if (!name)
                return text;
            if (*name == event)
                return text;
            ++read[*name];
            last_data = protocol::find_member(text, "data");
        }
    }

    test_hub nodes;
    ws_client client;
    std::string connected;
    std::map<std::string, int> read;
    std::string last_data;
    int sent = 0;
};

constexpr std::size_t limit = 100'000;

TEST(gap, is_a_capability_that_connected_confirms)
{
    gap_client slow({.queue_bytes_max = limit});
    EXPECT_NE(slow.connected.find(R"("capabilities":["gap"])"), std::string::npos)
        << slow.connected;
}

TEST(gap, says_once_a_burst_how_many_were_lost_and_where)
{
    gap_client slow({.queue_bytes_max = limit});
    slow.overrun(3000);
    const auto dropped = slow.nodes->count().dropped_slow_client;
    ASSERT_GT(dropped, 0u);
    const std::string gap = slow.read_until("gap");
    EXPECT_EQ(protocol::find_member(gap, "data"),
              "{\"dropped\":" + std::to_string(dropped) +
                  ",\"rooms\":{\"news\":" + std::to_string(dropped) + "}}");
    // It stands behind all that came through, and in front of what is sent now.
    EXPECT_EQ(slow.read["fill"] + slow.read["more"], slow.sent - static_cast<int>(dropped));
    EXPECT_TRUE(slow.nodes.nothing_more_for(slow.client)) << slow.nodes.last_text;
}

TEST(slow_client_policy, drop_oldest_keeps_the_newest)
{
    gap_client slow({.queue_bytes_max = limit, .slow_clients = policy::drop_oldest});
    slow.overrun(5000);
    const auto counts = slow.nodes->count();
    EXPECT_GT(counts.dropped_oldest, 0u);
    EXPECT_EQ(counts.dropped_slow_client, 0u);
    const std::string gap = slow.read_until("gap");
    EXPECT_EQ(slow.last_data, "4999");
    EXPECT_EQ(slow.read["fill"] + slow.read["more"],
              slow.sent - static_cast<int>(counts.dropped_oldest));
}

TEST(slow_client_policy, keep_latest_keeps_one_of_each_key)
{
    gap_client slow({.queue_bytes_max = limit,
                     .event_policies = {{"price", policy::keep_latest, "symbol"},
                                        {"tick", policy::keep_latest}}});
    slow.overrun(0);
    const auto filled = slow.nodes->count();
    for (int i = 0; i < 1000; ++i) {
        slow.send("price", R"({"symbol":"S)" + std::to_string(i % 5) + R"(","price":)" +
                               std::to_string(i) + '}');
        slow.send("tick", std::to_string(i));
    }
    slow.send("price", R"({"symbol":null})");
    slow.send("price", R"({"none":1})");
    slow.send("price", R"({"none":2})");
    slow.nodes.settle();
    const auto counts = slow.nodes->count();
    EXPECT_EQ(counts.dropped_superseded, 995u + 999u);
    EXPECT_EQ(counts.dropped_slow_client, filled.dropped_slow_client);
    EXPECT_EQ(counts.dropped_oldest, 0u);
    slow.read_until("gap");
    EXPECT_EQ(slow.read["price"], 5 + 3);
    EXPECT_EQ(slow.read["tick"], 1);
    EXPECT_EQ(slow.last_data, R"({"none":2})");
}

TEST(slow_client_policy, of_an_event_has_the_last_word)
{
    gap_client slow({.queue_bytes_max = limit,
                     .slow_clients = policy::drop_oldest,
                     .event_policies = {{"precious", policy::drop_newest}}});
    slow.overrun(0);
    for (int i = 0; i < 20; ++i)
        slow.send("precious", std::to_string(i));
    for (int i = 0; i < 5000; ++i)
        slow.send("more", std::to_string(i));
    slow.nodes.settle();
    ASSERT_GT(slow.nodes->count().dropped_oldest, 0u);
    slow.read_until("gap");
    EXPECT_EQ(slow.read["precious"], 20);
    EXPECT_EQ(slow.last_data, "4999");
}

TEST(slow_client_policy, close_closes_with_1013_behind_what_waits)
{
    gap_client slow({.queue_bytes_max = limit, .event_policies = {{"order", policy::close}}});
    slow.overrun(0);
    for (int i = 0; slow.nodes->count().dropped_slow_client == 0; ++i) {
        for (int n = 0; n < 100; ++n)
            slow.send("order", std::to_string(100 * i + n));
        slow.nodes.settle();
    }
    EXPECT_EQ(slow.read_until("nothing"), "close 1013 Too slow");
    EXPECT_GT(slow.read["order"], 0);
    EXPECT_EQ(slow.last_data, std::to_string(slow.read["order"] - 1)); // none is missing between
}

TEST(slow_client_policy, spares_those_that_read_when_the_memory_for_all_is_spent)
{
    gap_client slow({.queue_bytes_max = 10'000'000, .queue_bytes_total_max = 200'000});
    auto fast = slow.nodes.login(0, "fast");
    slow.overrun(0);
    for (int i = 0; slow.nodes->count().dropped_queue_memory == 0; ++i) {
        slow.send("fill", '"' + std::string(1000, 'x') + '"');
        slow.nodes.settle();
        ASSERT_LT(i, 1000);
    }
    EXPECT_TRUE(slow.nodes.nothing_more_for(fast)) << slow.nodes.last_text;
    const auto counts = slow.nodes->count();
    EXPECT_EQ(counts.dropped_slow_client, 0u);
    const std::string gap = slow.read_until("gap");
    EXPECT_EQ(slow.read["fill"], slow.sent - static_cast<int>(counts.dropped_queue_memory));
    EXPECT_TRUE(slow.nodes.nothing_more_for(slow.client)) << slow.nodes.last_text;
}

TEST(slow_client_policy, counts_what_waited_for_a_client_that_went)
{
    gap_client slow({.queue_bytes_max = limit});
    slow.overrun(500);
    const auto before = slow.nodes->count();
    ::shutdown(slow.client.socket.get(), SHUT_RDWR);
    while (slow.nodes->count().sessions != 0)
        std::this_thread::yield();
    const auto after = slow.nodes->count();
    EXPECT_GE(after.dropped_gone, 1u);
    EXPECT_EQ(after.messages_delivered + after.dropped_gone + after.dropped_slow_client,
              static_cast<std::uint64_t>(slow.sent) + 1); // and `connected`
    EXPECT_EQ(before.dropped_slow_client, after.dropped_slow_client);
}

} // namespace
} // namespace cresset::hub
