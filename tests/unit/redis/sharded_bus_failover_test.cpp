#include "sharded_bus_fixture.hpp"

#include <gtest/gtest.h>

namespace cresset::redis {
namespace {

// The master doesn't answer while its replica takes over, and then says that it took what came
// meanwhile, which nobody hears.
TEST_F(sharded_bus_test, goes_on_when_a_master_hands_over)
{
    node a(cluster(), bus_kind::sharded);
    node b(cluster(), bus_kind::sharded);
    node emitter(cluster(), bus_kind::sharded_publish_only);
    flow from_a(a, "a");
    flow from_emitter(emitter, "emitter");
    from_a.wait_for_rounds(5);
    redis_cluster_node* old = nullptr;
    take_over(0, b, from_a, [&](auto& master, auto& replica) {
        old = &master;
        replica.ask({"CLUSTER", "FAILOVER"});
    });
    const int healed = from_a.rounds();
    from_a.wait_for_rounds(5);
    from_a.end(b);
    from_emitter.end(b);
    EXPECT_EQ(missing(b, from_a, healed), 0u);
    missing(b, from_emitter);
    wait_until("nobody has links to it but those who look at the map", [&] {
        const std::string clients = old->ask({"CLIENT", "LIST"});
        std::size_t count = 0;
        for (auto at = clients.find("name=cresset"); at != std::string::npos; ++count)
            at = clients.find("name=cresset", at + 1);
        return count <= 3;
    });
    cluster().settle();
    wait_until("the buses are complete", [&] { return a.complete() && b.complete(); });
}

TEST_F(sharded_bus_test, heals_when_a_master_is_killed)
{
    node a(cluster(), bus_kind::sharded);
    node b(cluster(), bus_kind::sharded);
    flow from_a(a, "a");
    from_a.wait_for_rounds(5);
    redis_cluster_node* killed = nullptr;
    take_over(0, b, from_a, [&](auto& master, auto&) {
        killed = &master;
        master.kill();
        wait_until("a bus notices", [&] { return !a.complete(); });
    });
    from_a.end(b);
    EXPECT_LE(missing(b, from_a), a.counts().unconfirmed);
    EXPECT_EQ(a.counts().refused + a.counts().dropped, 0u);
    killed->start();
    cluster().settle();
    wait_until("the buses are complete", [&] { return a.complete() && b.complete(); });
}

// What it was given before comes late, if it still takes that.
TEST_F(sharded_bus_test, heals_when_a_master_is_frozen)
{
    node a(cluster(), bus_kind::sharded);
    node b(cluster(), bus_kind::sharded);
    flow from_a(a, "a");
    from_a.wait_for_rounds(5);
    redis_cluster_node* frozen = nullptr;
    take_over(0, b, from_a, [&](auto& master, auto&) {
        frozen = &master;
        master.freeze();
    });
    from_a.end(b);
    EXPECT_LE(missing(b, from_a), a.counts().unconfirmed);
    EXPECT_EQ(a.counts().refused + a.counts().dropped, 0u);
    EXPECT_LT(a.counts().unconfirmed, 500u); // and not two seconds' worth
    frozen->thaw();
    cluster().settle();
    wait_until("the buses are complete", [&] { return a.complete() && b.complete(); });
    for (std::size_t partition = 0; partition < partitions; ++partition) {
        std::vector<int> numbers = b.heard(partition, "a");
        std::ranges::sort(numbers);
        EXPECT_TRUE(std::ranges::adjacent_find(numbers) == numbers.end());
    }
}

} // namespace
} // namespace cresset::redis
