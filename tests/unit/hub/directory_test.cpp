#include "broker/memory_broker.hpp"
#include "hub/directory.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

namespace cresset::hub {
namespace {

constexpr group_key lobby{group_kind::room, "lobby"};

TEST(directory, finds_the_shards_of_a_name)
{
    broker::memory_broker nodes;
    directory names(nodes);
    EXPECT_EQ(names.find(lobby), 0u);
    names.add(lobby, 0);
    names.add(lobby, 5);
    names.add(lobby, 63);
    EXPECT_EQ(names.find(lobby), shard_set{1} << 63 | 0x21u);
    names.remove(lobby, 5);
    EXPECT_EQ(names.find(lobby), shard_set{1} << 63 | 1u);
}

TEST(directory, forgets_a_name_without_shards)
{
    broker::memory_broker nodes;
    directory names(nodes);
    names.add(lobby, 2);
    names.remove(lobby, 3); // not there: no harm
    EXPECT_EQ(names.find(lobby), 4u);
    names.remove(lobby, 2);
    names.remove(lobby, 2);
    EXPECT_EQ(names.find(lobby), 0u);
}

TEST(directory, says_whether_something_changed)
{
    broker::memory_broker nodes;
    directory names(nodes);
    EXPECT_TRUE(names.add(lobby, 2));
    EXPECT_FALSE(names.add(lobby, 2));
    EXPECT_TRUE(names.add(lobby, 3));
    EXPECT_FALSE(names.remove(lobby, 4));
    EXPECT_TRUE(names.remove(lobby, 2));
    EXPECT_FALSE(names.remove(lobby, 2));
    EXPECT_TRUE(names.remove(lobby, 3));
    EXPECT_FALSE(names.remove(lobby, 3));
}

TEST(directory, finds_a_shard_while_somebody_is_on_the_way)
{
    broker::memory_broker nodes;
    directory names(nodes);
    EXPECT_TRUE(names.add(lobby, 1));
    EXPECT_FALSE(names.expect("lobby", 1));
    EXPECT_TRUE(names.expect("lobby", 2));
    EXPECT_FALSE(names.expect("lobby", 2));
    EXPECT_FALSE(names.remove(lobby, 1)); // the last one leaves, but another is to come
    EXPECT_EQ(names.find(lobby), 6u);
    EXPECT_TRUE(names.arrive("lobby", 1, false)); // and does not
    EXPECT_EQ(names.find(lobby), 4u);
    EXPECT_FALSE(names.arrive("lobby", 2, false));
    EXPECT_FALSE(names.add(lobby, 2));
    EXPECT_FALSE(names.arrive("lobby", 2, true));
    EXPECT_TRUE(names.remove(lobby, 2));
    EXPECT_EQ(names.find(lobby), 0u);
}

TEST(directory, shows_all_names_once)
{
    broker::memory_broker nodes;
    directory names(nodes);
    names.add(lobby, 0);
    names.add(lobby, 2);
    names.add({group_kind::user, "ann"}, 1);
    std::map<std::string, shard_set> seen;
    std::size_t calls = 0;
    names.for_each([&](const group_key& key, shard_set shards) {
        seen[(key.kind == group_kind::user ? "user " : "room ") + std::string(key.name)] = shards;
        ++calls;
    });
    EXPECT_EQ(seen, (std::map<std::string, shard_set>{{"room lobby", 5}, {"user ann", 2}}));
    EXPECT_EQ(calls, 2u);
}

TEST(directory, tells_users_from_rooms)
{
    broker::memory_broker nodes;
    directory names(nodes);
    names.add({group_kind::user, "ann"}, 1);
    names.add({group_kind::room, "ann"}, 2);
    EXPECT_EQ(names.find({group_kind::user, "ann"}), 2u);
    EXPECT_EQ(names.find({group_kind::room, "ann"}), 4u);
}

TEST(directory, is_changed_by_each_shard_while_others_read)
{
    constexpr unsigned shards = 4;
    broker::memory_broker nodes;
    directory names(nodes);
    std::vector<std::thread> threads;
    for (unsigned shard = 0; shard < shards; ++shard)
        threads.emplace_back([&names, shard] {
            for (int i = 0; i < 3000; ++i) {
                const std::string name = "room " + std::to_string(i % 50);
                const group_key key{group_kind::room, name};
                const shard_set mine = shard_set{1} << shard;
                names.add(key, shard);
                EXPECT_TRUE(names.find(key) & mine);
                if (i >= 50)
                    names.remove(key, shard);
                EXPECT_EQ((names.find(key) & mine) != 0, i < 50);
                EXPECT_EQ(names.find(key) >> shards, 0u);
            }
        });
    for (std::thread& t : threads)
        t.join();
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(names.find({group_kind::room, "room " + std::to_string(i)}), 0u);
}

} // namespace
} // namespace cresset::hub
