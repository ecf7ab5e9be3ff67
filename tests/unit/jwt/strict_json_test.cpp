#include "jwt/strict_json.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::jwt {
namespace {

std::string nested(int levels)
{
    const auto inner = static_cast<std::size_t>(levels - 1);
    return R"({"a":)" + std::string(inner, '[') + std::string(inner, ']') + "}";
}

TEST(strict_json, takes_an_object)
{
    EXPECT_TRUE(parse_object("{}"));
    const auto read = parse_object(" {\"a\":1,\"b\":{\"a\":[\"x\",{\"a\":null}]}}\r\n");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->at("a"), 1);
}

TEST(strict_json, takes_nothing_else)
{
    for (const std::string_view text : {"",
                                        " ",
                                        "[]",
                                        "1",
                                        "\"a\"",
                                        "null",
                                        "{",
                                        "{}}",
                                        "{} {}",
                                        "{}x",
                                        "{'a':1}",
                                        "{a:1}",
                                        "{\"a\":1,}",
                                        "{\"a\":01}",
                                        "{\"a\":NaN}",
                                        "{\"a\":Infinity}",
                                        "{/**/}",
                                        "\xef\xbb\xbf{}",
                                        "{\"\xff\":1}",
                                        "{\"a\":\"\xc0\xaf\"}",
                                        "{\"a\":\"\\ud800\"}",
                                        "{\"a\":\"\n\"}"})
        EXPECT_FALSE(parse_object(text)) << text;
    EXPECT_FALSE(parse_object({"{}\0", 3}));
}

TEST(strict_json, takes_no_name_twice)
{
    EXPECT_FALSE(parse_object(R"({"a":1,"a":1})"));
    EXPECT_FALSE(parse_object(R"({"a":1,"b":2,"\u0061":1})"));
    EXPECT_FALSE(parse_object(R"({"x":[{"a":1,"a":2}]})"));
    EXPECT_FALSE(parse_object(R"({"x":{"a":1},"x":2})"));
    EXPECT_FALSE(parse_object(R"({"":1,"":2})"));
    EXPECT_TRUE(parse_object(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}],"A":1})"));
}

TEST(strict_json, takes_no_more_levels_than_the_limit)
{
    EXPECT_TRUE(parse_object(nested(json_depth_max)));
    EXPECT_FALSE(parse_object(nested(json_depth_max + 1)));
    EXPECT_FALSE(parse_object(std::string(1 << 20, '[')));
}

} // namespace
} // namespace cresset::jwt
