#include "loop_fixture.hpp"
#include "redis/cluster_watch.hpp"
#include "support/bulk.hpp"
#include "support/fake_redis.hpp"
#include "support/redis_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace cresset::redis {
namespace {

using namespace std::chrono_literals;
using tests::fake_link;
using tests::fake_redis;
using tests::redis_server;

// --- slots ---

TEST(slot_of, is_the_crc_of_the_specification)
{
    EXPECT_EQ(slot_of("123456789"), 0x31c3); // and less than the number of slots
    EXPECT_EQ(slot_of("foo"), 12'182);
    EXPECT_EQ(slot_of("bar"), 5'061);
    EXPECT_EQ(slot_of("user1000"), 3'443);
    EXPECT_EQ(slot_of(""), 0);
}

TEST(slot_of, is_that_of_what_stands_in_the_first_braces)
{
    EXPECT_EQ(slot_of("{user1000}.following"), slot_of("user1000"));
    EXPECT_EQ(slot_of("{user1000}.followers"), slot_of("user1000"));
    EXPECT_EQ(slot_of("foo{bar}{zap}"), slot_of("bar"));
    EXPECT_EQ(slot_of("foo{{bar}}zap"), slot_of("{bar"));
    EXPECT_EQ(slot_of("a}b{c}"), slot_of("c"));
    EXPECT_NE(slot_of("foo{}{bar}"), slot_of("bar"));
    EXPECT_NE(slot_of("foo{}{bar}"), slot_of(""));
    EXPECT_NE(slot_of("{}"), slot_of(""));
}

TEST(slot_of, is_what_redis_says_it_is)
{
    redis_server server({"--cluster-enabled", "yes"});
    std::minstd_rand random(1);
    const std::string_view letters("ab{}\0\xff", 6);
    for (int i = 0; i < 1'000; ++i) {
        std::string key(random() % 12, ' ');
        for (char& c : key)
            c = letters[random() % letters.size()];
        EXPECT_EQ(server.cli({"CLUSTER", "KEYSLOT", key}), std::to_string(slot_of(key))) << key;
    }
}

// --- who serves them ---

using tests::bulk;

// An element of the answer to CLUSTER SLOTS.
std::string range(int first, int last, const std::string& host, int port)
{
    return "*3\r\n:" + std::to_string(first) + "\r\n:" + std::to_string(last) + "\r\n*3\r\n" +
           bulk(host) + ':' + std::to_string(port) + "\r\n" + bulk("id");
}

std::string slots(const std::vector<std::string>& ranges)
{
    std::string answer = '*' + std::to_string(ranges.size()) + "\r\n";
    for (const std::string& r : ranges)
        answer += r;
    return answer;
}

// Events are "changed".
struct cluster_in_loop : loop_fixture<cluster_watch>
{
    void start(const std::vector<address>& seeds)
    {
        run([&] {
            it = std::make_unique<cluster_watch>(connections, settings, seeds, [this] {
                events.add("changed");
                when_changed();
            });
            it->start();
        });
    }

    std::string masters()
    {
        return run([this] {
            std::string all;
            for (const address& a : it->masters())
                all += (all.empty() ? "" : " ") + a.to_string();
            return all;
        });
    }

    std::string master_of(std::uint16_t slot)
    {
        return run([&] {
            const std::optional<address> a = it->master_of(slot);
            return a ? a->to_string() : "nobody";
        });
    }

    static fake_link greet(fake_redis& server)
    {
        fake_link peer = server.greet();
        EXPECT_EQ(peer.next(), "CLUSTER SLOTS");
        return peer;
    }

    std::function<void()> when_changed = [] {};
};

using cluster = cluster_in_loop;

TEST_F(cluster, is_not_known_at_first)
{
    fake_redis server;
    start({server.where()});
    EXPECT_EQ(masters(), server.where().to_string());
    EXPECT_EQ(master_of(0), "nobody");
}

TEST_F(cluster, is_what_a_node_says)
{
    fake_redis server;
    start({server.where()});
    fake_link peer = greet(server);
    peer.send(slots({range(0, 99, "10.0.0.1", 7000), range(100, 199, "10.0.0.2", 7001),
                     range(300, 16'383, "10.0.0.1", 7000)}));
    expect_event(0, "changed");
    EXPECT_EQ(masters(), "10.0.0.1:7000 10.0.0.2:7001");
    EXPECT_EQ(master_of(0), "10.0.0.1:7000");
    EXPECT_EQ(master_of(99), "10.0.0.1:7000");
    EXPECT_EQ(master_of(100), "10.0.0.2:7001");
    EXPECT_EQ(master_of(199), "10.0.0.2:7001");
    EXPECT_EQ(master_of(200), "nobody");
    EXPECT_EQ(master_of(16'383), "10.0.0.1:7000");
}

TEST_F(cluster, is_what_a_real_node_says)
{
    redis_server server({"--cluster-enabled", "yes"});
    start({server.where()});
    // It has no slots yet, and is asked again.
    server.cli({"CLUSTER", "ADDSLOTSRANGE", "0", "16000"});
    expect_event(0, "changed");
    EXPECT_EQ(masters(), server.where().to_string());
    EXPECT_EQ(master_of(0), server.where().to_string());
    EXPECT_EQ(master_of(16'001), "nobody");
}

TEST_F(cluster, takes_a_node_without_an_address_for_the_one_it_asked)
{
    fake_redis server;
    start({server.where()});
    fake_link peer = greet(server);
    peer.send(slots({range(0, 1, "", 7000), "*3\r\n:2\r\n:3\r\n*2\r\n$-1\r\n:7001\r\n"}));
    expect_event(0, "changed");
    EXPECT_EQ(masters(), "127.0.0.1:7000 127.0.0.1:7001");
}

TEST_F(cluster, tells_changes_alone)
{
    fake_redis server;
    start({server.where()});
    fake_link peer = greet(server);
    const std::string before = slots({range(0, 16'383, "a", 1)});
    peer.send(before);
    expect_event(0, "changed");
    run([this] { it->refresh(); });
    EXPECT_EQ(peer.next(), "CLUSTER SLOTS");
    peer.send(before);
    run([this] { it->refresh(); });
    EXPECT_EQ(peer.next(), "CLUSTER SLOTS");
    peer.send(slots({range(0, 0, "a", 1), range(1, 16'383, "b", 1)}));
    expect_event(1, "changed");
    EXPECT_EQ(master_of(1), "b:1");
    EXPECT_EQ(peer.next(), "CLUSTER SLOTS"); // by itself, a second later
    peer.send(slots({range(0, 0, "a", 1), range(1, 16'383, "b", 2)}));
    expect_event(2, "changed");
    EXPECT_EQ(master_of(1), "b:2");
    expect_nothing_more();
}

TEST_F(cluster, tells_that_a_slot_has_moved_between_nodes_that_are_known)
{
    fake_redis server;
    start({server.where()});
    fake_link peer = greet(server);
    peer.send(slots({range(0, 1, "a", 1), range(2, 3, "b", 1)}) +
              slots({range(0, 0, "a", 1), range(1, 3, "b", 1)}));
    expect_event(1, "changed");
    EXPECT_EQ(master_of(1), "b:1");
}

TEST_F(cluster, is_asked_soon_though_an_answer_to_an_older_question_comes_first)
{
    fake_redis server;
    start({server.where()});
    fake_link peer = greet(server);
    run([this] { it->refresh(); });
    const auto told = std::chrono::steady_clock::now();
    peer.send(slots({range(0, 1, "a", 1)}));
    EXPECT_EQ(peer.next(), "CLUSTER SLOTS");
    EXPECT_LT(std::chrono::steady_clock::now() - told, 500ms); // and not a second
}

// Each message that a node refuses says so.
TEST_F(cluster, is_asked_soon_though_it_is_told_so_again_and_again)
{
    fake_redis server;
    start({server.where()});
    fake_link peer = greet(server);
    peer.send(slots({range(0, 1, "a", 1)}));
    expect_event(0, "changed");
    tests::test_timer again;
    again.fired = [&] {
        it->refresh();
        thread.loop().arm(again, 4ms);
    };
    run([&] { thread.loop().arm(again, 0ms); });
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(peer.next(), "CLUSTER SLOTS");
        peer.send(slots({range(0, 1, "a", 1)}));
    }
    run([&] { again.cancel(); });
}

TEST_F(cluster, is_asked_of_another_node_when_one_is_lost)
{
    fake_redis seed;
    fake_redis one;
    fake_redis two;
    start({seed.where()});
    fake_link peer = greet(seed);
    peer.send(slots(
        {range(0, 1, "127.0.0.1", one.where().port), range(2, 3, "127.0.0.1", two.where().port)}));
    expect_event(0, "changed");
    peer.finish();
    // In turn the masters and the seeds: all of them in time.
    std::set<fake_redis*> left{&seed, &one, &two};
    for (int i = 0; i < 10 && !left.empty(); ++i) {
        pollfd ready[] = {{seed.descriptor(), POLLIN, 0},
                          {one.descriptor(), POLLIN, 0},
                          {two.descriptor(), POLLIN, 0}};
        ASSERT_GT(::poll(ready, 3, 20'000), 0);
        fake_redis* const all[] = {&seed, &one, &two};
        for (int n = 0; n < 3; ++n) {
            if (ready[n].revents == 0)
                continue;
            all[n]->accept().reset();
            left.erase(all[n]);
        }
    }
    EXPECT_TRUE(left.empty());
    EXPECT_EQ(master_of(3), "127.0.0.1:" + std::to_string(two.where().port)) << "as it was known";
}

// It may be cut off from the others, and then never knows better.
TEST_F(cluster, leaves_a_node_that_tells_the_same_again_and_again)
{
    fake_redis seed;
    fake_redis other;
    start({seed.where()});
    fake_link peer = greet(seed);
    const std::string map = slots({range(0, 16'383, "127.0.0.1", other.where().port)});
    peer.send(map);
    expect_event(0, "changed");
    for (int i = 0; i < 10; ++i) {
        run([this] { it->refresh(); });
        EXPECT_EQ(peer.next(), "CLUSTER SLOTS");
        peer.send(map);
    }
    peer.wait_for_end();
    greet(other);
}

TEST_F(cluster, leaves_a_node_that_knows_nothing)
{
    for (const char* answer :
         {"-ERR This instance has cluster support disabled\r\n", "*0\r\n", "+OK\r\n", "$-1\r\n",
          "*1\r\n:1\r\n", "*1\r\n*3\r\n:0\r\n:1\r\n*0\r\n",
          "*1\r\n*3\r\n:-1\r\n:1\r\n*2\r\n+a\r\n:1\r\n",
          "*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n+a\r\n:1\r\n",
          "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n+a\r\n:0\r\n",
          "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n+a\r\n:65536\r\n"}) {
        fake_redis server;
        start({server.where()});
        fake_link peer = greet(server);
        peer.send(answer);
        peer.wait_for_end();
        fake_link again = greet(server);
        EXPECT_EQ(master_of(0), "nobody") << answer;
        EXPECT_EQ(masters(), server.where().to_string());
        end();
    }
    expect_events({});
}

TEST_F(cluster, keeps_what_is_known_of_more_nodes_than_it_has_room_for)
{
    fake_redis server;
    start({server.where()});
    fake_link peer = greet(server);
    std::vector<std::string> ranges;
    for (int i = 0; i < 300; ++i)
        ranges.push_back(range(i, i, "h", 1'000 + i));
    peer.send(slots(ranges));
    expect_event(0, "changed");
    EXPECT_EQ(run([this] { return it->masters().size(); }), 255u);
    EXPECT_EQ(master_of(254), "h:1254");
    EXPECT_EQ(master_of(255), "nobody");
}

TEST_F(cluster, may_be_left_alone_from_inside_a_change)
{
    fake_redis server;
    when_changed = [this] { it->stop(); };
    start({server.where()});
    fake_link peer = greet(server);
    peer.send(slots({range(0, 1, "a", 1)}) + slots({range(0, 1, "b", 1)}));
    peer.wait_for_end();
    expect_events({"changed"});
    run([this] { it->refresh(); });
}

TEST_F(cluster, has_its_nodes_found_in_turn)
{
    fake_redis server;
    start({server.where()});
    fake_link peer = greet(server);
    peer.send(slots({range(0, 1, "a", 1), range(2, 3, "b", 1), range(4, 5, "c", 1)}));
    expect_event(0, "changed");
    run([this] {
        cluster_nodes first(*it, 0);
        cluster_nodes second(*it, 1);
        for (const char* host : {"a", "b", "c", "a"})
            EXPECT_EQ(first.next()->host, host);
        for (const char* host : {"b", "c", "a", "b"})
            EXPECT_EQ(second.next()->host, host);
    });
}

} // namespace
} // namespace cresset::redis
