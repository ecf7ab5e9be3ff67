#include "broker/channels.hpp"

#include <gtest/gtest.h>

#include <cresset/constants.hpp>
#include <map>

namespace cresset::broker {
namespace {

using protocol::target_kind;

channel_names names_of(const redis_options& options)
{
    return channel_names(options);
}

TEST(channel_names, are_the_reference_s)
{
    const channel_names names;
    EXPECT_EQ(names.of(target_kind::broadcast, {}), channels::broadcast);
    EXPECT_EQ(names.of(target_kind::room, "a:b*"), channels::for_room("a:b*"));
    EXPECT_EQ(names.of(target_kind::client, "7"), channels::for_client("7"));
    EXPECT_EQ(names.of(target_kind::user, "ada"), channels::for_user("ada"));
}

TEST(channel_names, begin_with_the_prefix_whatever_it_is)
{
    const channel_names names = names_of({.prefix = "a*[b]\\:"});
    EXPECT_EQ(names.of(target_kind::room, "x"), "a*[b]\\:room:x");
    EXPECT_EQ(names.pattern_of(target_kind::user), "a\\*\\[b\\]\\\\:user:*");
    EXPECT_EQ(names.probe("7"), "a*[b]\\:probe:7");
}

TEST(channel_names, of_shards_are_few_and_the_same_on_every_machine)
{
    const channel_names names = names_of({.sharded = true, .partitions = 4});
    EXPECT_EQ(names.of(target_kind::broadcast, {}), "ws:shard:broadcast");
    EXPECT_EQ(names.of(target_kind::room, "lobby"), "ws:shard:0"); // by FNV-1a of "room:lobby"
    std::map<std::string, int> met;
    for (int i = 0; i < 400; ++i)
        ++met[names.of(target_kind::room, std::to_string(i))];
    EXPECT_EQ(met.size(), 4u);
    for (const auto& [channel, rooms] : met)
        EXPECT_GT(rooms, 50) << channel;
}

} // namespace
} // namespace cresset::broker
