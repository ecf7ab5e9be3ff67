#include "base/client_id.hpp"
#include "standalone/client_facts.hpp"

#include <gtest/gtest.h>

namespace cresset::standalone {
namespace {

namespace json = boost::json;

const base::client_id id;

TEST(client_facts, come_back_from_the_metadata)
{
    const client_facts facts{
        .claims = {{"team", "red"}, {"exp", 7}}, .may_join = {"a-*", "b"}, .joins = {"lobby"}};
    const client_facts read = read_metadata(to_metadata(facts));
    EXPECT_EQ(read.claims, facts.claims);
    EXPECT_EQ(read.may_join, facts.may_join);
    EXPECT_EQ(read.joins, facts.joins);
}

TEST(client_facts, are_none_in_metadata_of_others)
{
    for (const json::value& metadata :
         {json::value(), json::value(7), json::value{{"claims", 7}, {"joins", {1, 2}}}}) {
        const client_facts read = read_metadata(metadata);
        EXPECT_TRUE(read.claims.empty());
        EXPECT_TRUE(read.may_join.empty());
        EXPECT_TRUE(read.joins.empty());
    }
}

TEST(client_values, are_the_user_and_claims_that_are_text_or_whole_numbers)
{
    const json::value metadata = to_metadata({.claims = {{"team", "red"},
                                                         {"number", 7},
                                                         {"large", 18446744073709551615u},
                                                         {"real", 1.5},
                                                         {"list", {"a"}},
                                                         {"user_id", "another"},
                                                         {"null", nullptr}},
                                              .may_join = {},
                                              .joins = {}});
    const client who(id, "ada", &metadata, false);
    client_values values(who);
    EXPECT_EQ(values.find("user_id"), "ada");
    EXPECT_EQ(values.find("team"), "red");
    EXPECT_EQ(values.find("number"), "7");
    EXPECT_EQ(values.find("large"), "18446744073709551615");
    for (const char* const name : {"real", "list", "null", "other"})
        EXPECT_FALSE(values.find(name)) << name;
}

} // namespace
} // namespace cresset::standalone
