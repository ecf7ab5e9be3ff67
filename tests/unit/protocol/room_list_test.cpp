#include "protocol/room_list.hpp"

#include <gtest/gtest.h>

namespace cresset::protocol {
namespace {

using names = std::vector<std::string>;

std::string repeat(std::string_view text, int count)
{
    std::string out;
    while (count-- > 0)
        out += text;
    return out;
}

} // namespace

TEST(room_list, reads_the_names_in_order)
{
    EXPECT_EQ(read_room_list(R"({"rooms":["b","a","b"," \u0063"]})"), (names{"b", "a", "b", " c"}));
    EXPECT_EQ(read_room_list(R"({"rooms":[]})"), names{});
}

TEST(room_list, keeps_strings_that_are_no_valid_names)
{
    EXPECT_EQ(read_room_list(R"({"rooms":["","ws:x"]})"), (names{"", "ws:x"}));
}

TEST(room_list, drops_what_is_no_string)
{
    EXPECT_EQ(read_room_list(R"({"rooms":[1,"a",null,["b"],{"c":"d"},true,"e"]})"),
              (names{"a", "e"}));
}

TEST(room_list, is_empty_without_an_array)
{
    for (const char* raw : {"", "{}", "null", "[]", R"(["a"])", R"({"rooms":"a"})",
                            R"({"rooms":null})", R"({"rooms":{"0":"a"}})", R"({"room":["a"]})",
                            R"({"rooms":["a"],"rooms":7})", R"("rooms")"})
        EXPECT_EQ(read_room_list(raw), names{}) << raw;
}

TEST(room_list, allows_ordinary_names)
{
    for (const char* name : {"a", " ", "lobby", "ws", "ws-default", "WS:x", "x ws:", "\u017e"})
        EXPECT_TRUE(is_valid_room_name(name)) << name;
}

TEST(room_list, refuses_empty_and_reserved_names)
{
    for (const char* name : {"", "ws:", "ws:x", "ws:room:x"})
        EXPECT_FALSE(is_valid_room_name(name)) << name;
}

TEST(room_list, refuses_the_form_of_a_client_id)
{
    EXPECT_FALSE(is_valid_room_name("01234567-89ab-4def-8123-456789abcdef"));
    EXPECT_FALSE(is_valid_room_name("01234567-89AB-4DEF-8123-456789ABCDEF"));
    EXPECT_TRUE(is_valid_room_name("01234567-89ab-4def-8123-456789abcdeg"));
    EXPECT_TRUE(is_valid_room_name("01234567-89ab-4def-8123-456789abcdef0"));
}

TEST(room_list, counts_the_length_as_javascript_does)
{
    EXPECT_TRUE(is_valid_room_name(repeat("a", 256)));
    EXPECT_FALSE(is_valid_room_name(repeat("a", 257)));
    EXPECT_TRUE(is_valid_room_name(repeat("\u00e9", 256)));
    EXPECT_FALSE(is_valid_room_name(repeat("\u00e9", 257)));
    EXPECT_TRUE(is_valid_room_name(repeat("\u20ac", 256)));
    EXPECT_FALSE(is_valid_room_name(repeat("\u20ac", 257)));
    EXPECT_TRUE(is_valid_room_name(repeat("\U0001f600", 128)));
    EXPECT_FALSE(is_valid_room_name(repeat("\U0001f600", 128) + "a"));
}

} // namespace cresset::protocol
