#include "sharded_bus_fixture.hpp"

#include <gtest/gtest.h>

namespace cresset::redis {
namespace {

TEST_F(sharded_bus_test, spreads_channels_over_the_masters)
{
    node a(cluster(), bus_kind::sharded);
    std::size_t subscribed = 0;
    for (redis_cluster_node* master : cluster().masters()) {
        const std::string channels = master->ask({"PUBSUB", "SHARDCHANNELS"});
        const auto count = std::ranges::count(channels, '"') / 2;
        EXPECT_GT(count, 0);
        subscribed += static_cast<std::size_t>(count);
    }
    EXPECT_EQ(subscribed, partitions);
}

TEST_F(sharded_bus_test, knows_when_a_subscription_is_confirmed)
{
    node a(cluster(), bus_kind::sharded);
    for (int i = 0; i < 20; ++i) {
        const std::string channel = "new:" + std::to_string(i);
        a.want(channel);
        EXPECT_NE(cluster().master_of(slot_of(channel)).ask({"PUBSUB", "SHARDNUMSUB", channel}),
                  R"([")" + channel + R"(", 0])");
    }
}

TEST_F(sharded_bus_test, carries_everything_once_and_in_order)
{
    node a(cluster(), bus_kind::sharded);
    node b(cluster(), bus_kind::sharded);
    constexpr int count = 100;
    std::vector<int> all(count);
    std::iota(all.begin(), all.end(), 0);
    const std::vector<std::pair<node*, std::string>> senders{
        {&a, "a1"}, {&a, "a2"}, {&b, "b1"}, {&b, "b2"}};
    {
        std::vector<std::jthread> threads;
        for (const auto& [from, sender] : senders)
            threads.emplace_back([&all, node = from, &name = sender] {
                for (const int number : all)
                    for (std::size_t partition = 0; partition < partitions; ++partition)
                        node->publish(partition, name, number);
            });
    }
    for (node* at : {&a, &b})
        for (const auto& [from, sender] : senders)
            for (std::size_t partition = 0; partition < partitions; ++partition) {
                wait_until("all is heard", [&, &name = sender] {
                    return at->heard(partition, name).size() >= all.size();
                });
                EXPECT_EQ(at->heard(partition, sender), all);
            }
    EXPECT_EQ(a.counts().taken, 2 * count * partitions);
    EXPECT_EQ(a.counts().queued_bytes, 0u);
    EXPECT_EQ(a.failures(), 0u);
}

TEST_F(sharded_bus_test, keeps_what_is_published_while_it_is_held)
{
    node a(cluster(), bus_kind::sharded);
    node b(cluster(), bus_kind::sharded);
    a.hold(true);
    a.publish(0, "a", 1);
    b.publish(0, "b", 1);
    wait_until("others go on", [&] { return a.has_heard(0, "b", 1); });
    EXPECT_TRUE(b.heard(0, "a").empty());
    EXPECT_GT(a.counts().queued_bytes, 0u);
    a.hold(false);
    wait_until("it is heard", [&] { return b.has_heard(0, "a", 1); });
}

TEST_F(sharded_bus_test, drops_what_waits_when_it_is_stopped_and_takes_no_more)
{
    node a(cluster(), bus_kind::sharded);
    a.hold(true);
    tests::collected<publish_outcome> outcomes;
    for (std::size_t partition = 0; partition < partitions; ++partition)
        a.publish(partition, "a", 1, [&](publish_outcome o) { outcomes.add(o); });
    a.stop();
    EXPECT_EQ(outcomes.now(), std::vector(partitions, publish_outcome::dropped));
    EXPECT_EQ(a.publish(0, "a", 2), publisher::accepted::lost);
    EXPECT_EQ(a.counts().dropped, partitions + 1);
    EXPECT_EQ(a.counts().queued_bytes, 0u);
}

TEST_F(sharded_bus_test, comes_back_to_its_masters)
{
    node a(cluster(), bus_kind::sharded);
    node b(cluster(), bus_kind::sharded);
    flow from_a(a, "a");
    from_a.wait_for_rounds(3);
    a.reconnect();
    from_a.wait_for_rounds(3);
    wait_until("the bus is complete", [&] { return a.complete(); });
    from_a.end(b);
    EXPECT_LE(missing(b, from_a), a.counts().unconfirmed);
}

TEST_F(sharded_bus_test, keeps_what_is_for_a_slot_that_nobody_serves)
{
    node a(cluster(), bus_kind::sharded);
    const std::string slot = std::to_string(slot_of_partition(3));
    redis_cluster_node& home = cluster().master_of(slot_of_partition(3));
    for (redis_cluster_node* n : cluster().masters())
        n->ask({"CLUSTER", "DELSLOTS", slot});
    wait_until("the bus knows", [&] { return !a.complete(); });
    for (const int number : {1, 2, 3})
        EXPECT_EQ(a.publish(3, "a", number), publisher::accepted::waiting);
    a.publish(4, "a", 1);
    wait_until("others go on", [&] { return a.has_heard(4, "a", 1); });
    EXPECT_EQ(a.counts().taken, 1u);
    EXPECT_GT(a.counts().queued_bytes, 0u);
    home.ask({"CLUSTER", "ADDSLOTS", slot});
    wait_until("it is heard", [&] { return a.has_heard(3, "a", 3); });
    EXPECT_EQ(a.heard(3, "a"), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(a.failures(), 0u);
    cluster().settle();
}

} // namespace
} // namespace cresset::redis
