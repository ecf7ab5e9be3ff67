#include "protocol/json_member.hpp"

#include <gtest/gtest.h>

namespace cresset::protocol {

TEST(json_member, finds_the_raw_value)
{
    EXPECT_EQ(find_member(R"({"a":1,"b":[ 2 ]})", "b"), "[ 2 ]");
    EXPECT_EQ(find_member(R"({"a":1,"\u0062":"x"})", "b"), R"("x")");
    EXPECT_EQ(find_member(R"({"a":1,"a":2})", "a"), "2");
}

TEST(json_member, finds_nothing_in_what_has_no_such_member)
{
    for (const char* raw : {"", "{}", R"({"a":{"b":1}})", R"(["b",1])", "null", R"("b")", "7"})
        EXPECT_EQ(find_member(raw, "b"), "") << raw;
}

TEST(json_member, finds_nothing_in_what_is_not_valid)
{
    for (const char* raw : {R"({"b":1)", R"({"b":1,})", R"({"b":1}x)", R"({"b":01})"})
        EXPECT_EQ(find_member(raw, "b"), "") << raw;
}

TEST(json_member, reads_only_strings)
{
    EXPECT_EQ(read_string_member(R"({"b":"x\ny"})", "b"), "x\ny");
    EXPECT_EQ(read_string_member(R"({"b":""})", "b"), "");
    for (const char* raw : {"", "{}", R"({"b":1})", R"({"b":null})", R"({"b":["x"]})"})
        EXPECT_EQ(read_string_member(raw, "b"), std::nullopt) << raw;
}

} // namespace cresset::protocol
