#include "sharded_bus_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace cresset::redis {
namespace {

TEST_F(sharded_bus_test, loses_nothing_when_slots_move)
{
    node a(cluster(), bus_kind::sharded);
    node b(cluster(), bus_kind::sharded);
    node emitter(cluster(), bus_kind::sharded_publish_only);
    flow from_a(a, "a");
    flow from_emitter(emitter, "emitter");
    from_a.wait_for_rounds(5);
    for (const std::size_t partition : {0, 7, 21}) {
        const std::uint16_t slot = slot_of_partition(partition);
        redis_cluster_node& home = cluster().master_of(slot);
        auto stations = cluster().masters();
        std::partition(stations.begin(), stations.end(), [&](const auto* n) { return n != &home; });
        for (redis_cluster_node* to : stations) {
            cluster().move_slot(slot, *to);
            const auto moved = std::chrono::steady_clock::now();
            const int number = from_a.rounds() + 1;
            wait_until("it delivers", [&] { return b.has_heard(partition, "a", number); });
            EXPECT_LT(std::chrono::steady_clock::now() - moved, std::chrono::seconds(1));
        }
    }
    EXPECT_GT(static_cast<std::size_t>(from_a.rounds()) * partitions, 2'000u);
    from_a.end(b);
    from_emitter.end(b);
    EXPECT_EQ(missing(b, from_a), 0u);
    EXPECT_EQ(missing(b, from_emitter), 0u);
    EXPECT_EQ(a.failures() + emitter.failures(), 0u);
    EXPECT_TRUE(a.complete() && b.complete());
}

// Much is under way all the time, also where the slot no longer is, and no subscription tells that.
TEST_F(sharded_bus_test, sends_again_in_order_what_was_for_another_node)
{
    node a(cluster(), bus_kind::sharded_publish_only);
    node b(cluster(), bus_kind::sharded);
    const std::uint16_t slot = slot_of_partition(0);
    redis_cluster_node& home = cluster().master_of(slot);
    home.ask({"CONFIG", "RESETSTAT"});
    std::atomic<int> count{0};
    std::jthread publishing([&](const std::stop_token& stop) {
        for (; !stop.stop_requested(); ++count) {
            a.publish(0, "a", count);
            // A subscriber that lags behind learns late that it has to go elsewhere.
            while (!stop.stop_requested() && !b.has_heard(0, "a", count - 1'000))
                std::this_thread::yield();
        }
    });
    auto stations = cluster().masters();
    std::partition(stations.begin(), stations.end(), [&](const auto* n) { return n != &home; });
    wait_until("the old master refuses what is for another", [&] {
        for (redis_cluster_node* to : stations) {
            cluster().move_slot(slot, *to);
            const std::uint64_t taken = a.counts().taken;
            wait_until("messages flow", [&] { return a.counts().taken > taken + 1'000; });
        }
        return home.says({"INFO", "errorstats"}, "errorstat_MOVED");
    });
    publishing.request_stop();
    publishing.join();
    wait_until("all is heard", [&] { return b.has_heard(0, "a", count - 1); });
    std::vector<int> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    EXPECT_TRUE(b.heard(0, "a") == all);
    EXPECT_EQ(a.failures(), 0u);
}

// The old master stands still with a message that it has not answered.
TEST_F(sharded_bus_test, waits_for_what_is_under_way_before_it_follows_a_slot)
{
    node a(cluster(), bus_kind::sharded);
    node b(cluster(), bus_kind::sharded);
    const auto masters = cluster().masters();
    // Not the one that tells the map.
    redis_cluster_node& home = *masters[masters[0] == cluster().nodes()[0].get() ? 1 : 0];
    redis_cluster_node& to = *masters[2];
    redis_cluster_node& third = *masters[&home == masters[0] ? 1 : 0];
    std::vector<std::size_t> moved;
    for (std::size_t partition = 0; moved.size() < 2; ++partition)
        if (&cluster().master_of(slot_of_partition(partition)) == &home)
            moved.push_back(partition);
    cluster().set_node_timeout(15'000);

    home.freeze();
    a.publish(moved[0], "a", 1);
    wait_until("it is under way", [&] { return a.counts().queued_bytes != 0; });
    for (const std::size_t partition : moved) {
        const std::string slot = std::to_string(slot_of_partition(partition));
        to.ask({"CLUSTER", "SETSLOT", slot, "IMPORTING", home.id()});
        to.ask({"CLUSTER", "SETSLOT", slot, "NODE", to.id()});
        third.ask({"CLUSTER", "SETSLOT", slot, "NODE", to.id()});
    }
    third.ask({"CLIENT", "KILL", "TYPE", "pubsub"}); // so that the buses look at the map
    for (const std::size_t partition : moved)
        wait_until("the buses have followed", [&] {
            return to.says({"PUBSUB", "SHARDNUMSUB", channel_of(partition)}, ", 2]");
        });
    a.publish(moved[0], "a", 2);
    a.publish(moved[1], "a", 2);
    wait_until("the other slot goes on", [&] { return b.has_heard(moved[1], "a", 2); });
    home.thaw();
    wait_until("this one does too", [&] { return b.has_heard(moved[0], "a", 2); });
    EXPECT_EQ(b.heard(moved[0], "a"), (std::vector<int>{1, 2}));

    cluster().set_node_timeout(redis_cluster::node_timeout_ms);
    cluster().settle();
}

TEST_F(sharded_bus_test, loses_nothing_in_a_resharding)
{
    node a(cluster(), bus_kind::sharded);
    node b(cluster(), bus_kind::sharded);
    flow from_a(a, "a");
    from_a.wait_for_rounds(5);
    const redis_cluster_node& to = cluster().master_of(slot_of_partition(0));
    tests::run_program({"redis-cli", "--cluster", "reshard",
                        "127.0.0.1:" + std::to_string(to.port()), "--cluster-from", "all",
                        "--cluster-to", to.id(), "--cluster-slots", "1000", "--cluster-yes"});
    from_a.wait_for_rounds(5);
    from_a.end(b);
    EXPECT_EQ(missing(b, from_a), 0u);
    EXPECT_EQ(a.failures(), 0u);
    EXPECT_TRUE(a.complete() && b.complete());
}

} // namespace
} // namespace cresset::redis
