#include "base/client_id.hpp"
#include "standalone/room_pattern.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace cresset::standalone {
namespace {

namespace json = boost::json;

bool fits(const std::string& pattern, std::string_view room, std::string_view user = "ada",
          const json::object& claims = {})
{
    const base::client_id id;
    const json::value metadata = to_metadata({.claims = claims, .may_join = {}, .joins = {}});
    const client who(id, user, &metadata, false);
    client_values values(who);
    return room_pattern(pattern).matches(room, values);
}

TEST(room_pattern, is_a_glob)
{
    EXPECT_TRUE(fits("public-*", "public-a"));
    EXPECT_TRUE(fits("*", "anything"));
    EXPECT_TRUE(fits("team-?", "team-1"));
    EXPECT_FALSE(fits("team-?", "team-12"));
    EXPECT_FALSE(fits("lobby", "lobby2"));
}

TEST(room_pattern, has_the_user_in_it)
{
    EXPECT_TRUE(fits("order:{user_id}:*", "order:ada:7"));
    EXPECT_FALSE(fits("order:{user_id}:*", "order:bob:7"));
    EXPECT_FALSE(fits("order:{user_id}:*", "order:ada"));
    EXPECT_TRUE(fits("{user_id}", "ada"));
    EXPECT_TRUE(fits("{user_id}-{user_id}", "ada-ada"));
}

TEST(room_pattern, has_claims_in_it)
{
    const json::object claims{{"team", "red"}, {"shard", 7}, {"ratio", 1.5}};
    EXPECT_TRUE(fits("team:{team}", "team:red", "ada", claims));
    EXPECT_FALSE(fits("team:{team}", "team:blue", "ada", claims));
    EXPECT_TRUE(fits("{team}:{shard}:*", "red:7:x", "ada", claims));
    EXPECT_FALSE(fits("{ratio}", "1.5", "ada", claims));
    EXPECT_FALSE(fits("{other}*", "x", "ada", claims));
}

TEST(room_pattern, fits_nothing_without_the_value)
{
    EXPECT_FALSE(fits("order:{user_id}*", "order:", ""));
    EXPECT_FALSE(fits("order:{user_id}*", "order:x", ""));
    EXPECT_FALSE(fits("{team}", "", "ada", {{"team", ""}}));
}

// Else who may choose a name could have every room.
TEST(room_pattern, a_value_is_no_pattern)
{
    EXPECT_FALSE(fits("order:{user_id}:*", "order:bob:7", "*"));
    EXPECT_FALSE(fits("order:{user_id}:*", "order:*:7", "*"));
    EXPECT_FALSE(fits("order:{user_id}:*", "order:bob:7", "b?b"));
    EXPECT_FALSE(fits("order:{user_id}", "order:{user_id}"));
    EXPECT_TRUE(fits("order:{user_id}", "order:{team}", "{team}", {{"team", "red"}}));
}

TEST(room_pattern, denies_widely_where_the_value_is_missing)
{
    const base::client_id id;
    const auto denies = [&](const std::string& pattern, std::string_view room,
                            std::string_view user) {
        const client who(id, user, nullptr, false);
        client_values values(who);
        return room_pattern(pattern).may_match(room, values);
    };
    EXPECT_TRUE(denies("case:{team}:*", "case:red:1", "ada"));
    EXPECT_TRUE(denies("case:{user_id}:*", "case:b:1", "a*"));
    EXPECT_TRUE(denies("case:{user_id}:*", "case:ada:1", "ada"));
    EXPECT_FALSE(denies("case:{user_id}:*", "case:bob:1", "ada"));
    EXPECT_FALSE(denies("case:{team}:*", "other:red:1", "ada"));
}

TEST(room_pattern, is_refused_where_it_is_unclear)
{
    for (const std::string text :
         {"", "{", "}", "a{b", "a}b", "{{user_id}}", "{}", "a{}b", "{a}{", "{a{b}c}"})
        EXPECT_THROW(room_pattern{text}, std::invalid_argument) << text;
}

TEST(room_patterns, tell_which_of_them_is_wrong)
{
    try {
        make_room_patterns({"a", "b{"});
        FAIL();
    } catch (const std::invalid_argument& wrong) {
        EXPECT_EQ(std::string(wrong.what()), "\"b{\" has a { or a } without the other");
    }
}

} // namespace
} // namespace cresset::standalone
