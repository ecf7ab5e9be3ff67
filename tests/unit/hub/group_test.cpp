#include "hub/group.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace cresset::hub {
namespace {

struct group_table_fixture : testing::Test, group_table::owner
{
    memberships& memberships_of(std::uint32_t session) noexcept override { return lists[session]; }
    void on_group_added(const group_key& key) override { changes.push_back("+" + name(key)); }
    void on_group_removed(const group_key& key) override { changes.push_back("-" + name(key)); }

    static std::string name(const group_key& key)
    {
        return (key.kind == group_kind::room   ? ""
                : key.kind == group_kind::user ? "user:"
                                               : "all") +
               std::string(key.name);
    }

    std::set<std::uint32_t> members(const group_key& key)
    {
        const auto& list = table.members(key);
        std::set<std::uint32_t> all(list.begin(), list.end());
        EXPECT_EQ(all.size(), list.size()) << "somebody is in it twice";
        return all;
    }

    std::vector<memberships> lists{100};
    std::vector<std::string> changes;
    group_table table{*this};
};

using group_table_of_sessions = group_table_fixture;
using slots = std::set<std::uint32_t>;

group_key room(std::string_view name)
{
    return {group_kind::room, name};
}

TEST_F(group_table_of_sessions, has_no_groups_at_first)
{
    EXPECT_TRUE(table.members(room("lobby")).empty());
    EXPECT_FALSE(table.contains(1, room("lobby")));
    EXPECT_FALSE(table.leave(1, room("lobby")));
    EXPECT_EQ(table.name_of(1, group_kind::room), "");
    table.leave_all(1);
    EXPECT_EQ(changes, std::vector<std::string>{});
}

TEST_F(group_table_of_sessions, tells_of_the_first_to_join_and_the_last_to_leave)
{
    EXPECT_TRUE(table.join(1, room("lobby")));
    EXPECT_TRUE(table.join(2, room("lobby")));
    EXPECT_FALSE(table.join(1, room("lobby")));
    EXPECT_EQ(changes, std::vector<std::string>{"+lobby"});
    EXPECT_EQ(members(room("lobby")), (slots{1, 2}));
    EXPECT_TRUE(table.leave(1, room("lobby")));
    EXPECT_FALSE(table.leave(1, room("lobby")));
    EXPECT_EQ(members(room("lobby")), slots{2});
    EXPECT_TRUE(table.leave(2, room("lobby")));
    EXPECT_EQ(changes, (std::vector<std::string>{"+lobby", "-lobby"}));
    EXPECT_TRUE(table.join(3, room("lobby")));
    EXPECT_EQ(changes.back(), "+lobby");
}

TEST_F(group_table_of_sessions, tells_kinds_with_the_same_name_apart)
{
    table.join(1, {group_kind::room, "ann"});
    table.join(2, {group_kind::user, "ann"});
    table.join(3, {group_kind::everyone, {}});
    table.join(4, {group_kind::room, {}});
    EXPECT_EQ(members({group_kind::room, "ann"}), slots{1});
    EXPECT_EQ(members({group_kind::user, "ann"}), slots{2});
    EXPECT_EQ(members({group_kind::everyone, {}}), slots{3});
    EXPECT_EQ(members({group_kind::room, {}}), slots{4});
}

TEST_F(group_table_of_sessions, names_the_user_of_a_session)
{
    table.join(1, {group_kind::everyone, {}});
    table.join(1, room("lobby"));
    EXPECT_EQ(table.name_of(1, group_kind::user), "");
    table.join(1, {group_kind::user, "ann"});
    EXPECT_EQ(table.name_of(1, group_kind::user), "ann");
    EXPECT_EQ(table.name_of(2, group_kind::user), "");
}

TEST_F(group_table_of_sessions, keeps_its_own_copy_of_a_name)
{
    std::string name = "a name that is too long to be kept inside of a string";
    const std::string same = name;
    table.join(1, room(name));
    name.assign(name.size(), 'x');
    EXPECT_TRUE(table.contains(1, room(same)));
    EXPECT_FALSE(table.contains(1, room(name)));
}

// The view is into the group that goes with its last member.
TEST_F(group_table_of_sessions, may_be_left_by_the_name_that_it_gave)
{
    table.join(1, {group_kind::user, "a name that is too long to be kept inside of a string"});
    EXPECT_TRUE(table.leave(1, {group_kind::user, table.name_of(1, group_kind::user)}));
    EXPECT_TRUE(lists[1].empty());
    EXPECT_EQ(changes.size(), 2u);
}

TEST_F(group_table_of_sessions, keeps_the_others_places_when_one_leaves)
{
    for (std::uint32_t s = 0; s < 5; ++s)
        table.join(s, room("lobby"));
    table.leave(0, room("lobby")); // the last moves into the first place
    table.leave(4, room("lobby")); // from there
    table.leave(3, room("lobby")); // the last one itself
    EXPECT_EQ(members(room("lobby")), (slots{1, 2}));
}

TEST_F(group_table_of_sessions, lets_a_session_leave_everything)
{
    for (const char* name : {"a", "b", "c"}) {
        table.join(1, room(name));
        table.join(2, room(name));
    }
    table.join(1, room("alone"));
    table.leave_all(1);
    EXPECT_TRUE(lists[1].empty());
    for (const char* name : {"a", "b", "c"})
        EXPECT_EQ(members(room(name)), slots{2});
    EXPECT_EQ(changes.back(), "-alone");
}

// Against sets in a map, which do the same slowly.
TEST_F(group_table_of_sessions, does_as_a_map_of_sets_would)
{
    std::mt19937 random(7);
    std::map<std::string, slots> model;
    std::set<std::string> existing;
    for (int step = 0; step < 20'000; ++step) {
        const auto session = static_cast<std::uint32_t>(random() % lists.size());
        const std::string name = "room " + std::to_string(random() % 30);
        const auto action = random() % 100;
        if (action < 50) {
            ASSERT_EQ(table.join(session, room(name)), model[name].insert(session).second);
        } else if (action < 97) {
            ASSERT_EQ(table.leave(session, room(name)), model[name].erase(session) == 1);
        } else {
            table.leave_all(session);
            for (auto& [key, sessions] : model)
                sessions.erase(session);
        }
        for (const std::string& change : std::exchange(changes, {}))
            ASSERT_TRUE(change[0] == '+' ? existing.insert(change.substr(1)).second
                                         : existing.erase(change.substr(1)) == 1);
        ASSERT_EQ(members(room(name)), model[name]);
        ASSERT_EQ(existing.count(name) == 1, !model[name].empty());
        ASSERT_EQ(table.contains(session, room(name)), model[name].count(session) == 1);
    }
    for (const auto& [name, sessions] : model)
        EXPECT_EQ(members(room(name)), sessions);
}

} // namespace
} // namespace cresset::hub
