#include "protocol/json_scanner.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cresset::protocol {
namespace {

using strings = std::vector<std::string>;

} // namespace

TEST(json_scanner, hands_out_the_members_of_an_object)
{
    json_scanner scanner(R"( { "a" : [ 1 ] , "\n":"x" } )");
    strings slices;
    std::string_view key, value;
    ASSERT_TRUE(scanner.enter_object());
    while (scanner.next_member(key, value))
        slices.insert(slices.end(), {std::string(key), std::string(value)});
    EXPECT_TRUE(scanner.finish());
    EXPECT_EQ(slices, (strings{R"("a")", "[ 1 ]", R"("\n")", R"("x")"}));
}

TEST(json_scanner, hands_out_the_elements_of_an_array)
{
    json_scanner scanner(R"([1, "a,b",{"c":[]},null ])");
    strings slices;
    std::string_view value;
    ASSERT_TRUE(scanner.enter_array());
    while (scanner.next_element(value))
        slices.emplace_back(value);
    EXPECT_TRUE(scanner.finish());
    EXPECT_EQ(slices, (strings{"1", R"("a,b")", R"({"c":[]})", "null"}));
}

TEST(json_scanner, enters_only_what_the_text_begins_with)
{
    for (const char* text : {"", " ", "1", "[]", "x{}"}) {
        json_scanner scanner(text);
        EXPECT_FALSE(scanner.enter_object()) << text;
        EXPECT_FALSE(scanner.enter_array()) << text;
        EXPECT_FALSE(scanner.finish()) << text;
    }
    EXPECT_FALSE(json_scanner({}).enter_array());
}

TEST(json_scanner, is_not_finished_before_the_end)
{
    json_scanner scanner("[1]");
    std::string_view value;
    EXPECT_FALSE(scanner.finish());
    ASSERT_TRUE(scanner.enter_array());
    EXPECT_FALSE(scanner.finish());
    ASSERT_TRUE(scanner.next_element(value));
    EXPECT_FALSE(scanner.finish());
    EXPECT_FALSE(scanner.next_element(value));
    EXPECT_TRUE(scanner.finish());
    EXPECT_FALSE(scanner.next_element(value));
    EXPECT_TRUE(scanner.finish());
}

TEST(json_scanner, stays_failed)
{
    json_scanner scanner("[1,x,2]");
    std::string_view value;
    ASSERT_TRUE(scanner.enter_array());
    ASSERT_TRUE(scanner.next_element(value));
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(scanner.next_element(value));
        EXPECT_FALSE(scanner.finish());
    }
}

TEST(json_scanner, refuses_trailing_and_doubled_commas)
{
    for (const char* text : {"[1,]", "[,1]", "[1,,2]", "[,]", "[1 2]"}) {
        json_scanner scanner(text);
        std::string_view value;
        ASSERT_TRUE(scanner.enter_array());
        while (scanner.next_element(value)) {
        }
        EXPECT_FALSE(scanner.finish()) << text;
    }
}

} // namespace cresset::protocol
