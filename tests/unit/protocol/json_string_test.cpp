#include "protocol/json_string.hpp"

#include <gtest/gtest.h>

namespace cresset::protocol {
namespace {

using namespace std::string_literals;

std::string escaped(std::string_view text)
{
    std::string out;
    append_json_string(out, text);
    return out;
}

} // namespace

// The expectations are what node's JSON.stringify gives.
TEST(json_string, escapes_as_javascript_does)
{
    EXPECT_EQ(escaped(""), R"("")");
    EXPECT_EQ(escaped("plain text"), R"("plain text")");
    EXPECT_EQ(escaped("\b\f\n\r\t\"\\"), R"("\b\f\n\r\t\"\\")");
    EXPECT_EQ(escaped("\0\x01\x07\x0b\x0e\x1b\x1f"s),
              R"("\u0000\u0001\u0007\u000b\u000e\u001b\u001f")");
    EXPECT_EQ(escaped("/<>&'\x7f"), "\"/<>&'\x7f\"");
    EXPECT_EQ(escaped("\u00e9\u2028\u2029\ufeff\U0001f600"),
              "\"\u00e9\u2028\u2029\ufeff\U0001f600\"");
    EXPECT_EQ(escaped("a\nb\"c"), R"("a\nb\"c")");
}

TEST(json_string, appends)
{
    std::string out = "[";
    append_json_string(out, "a");
    EXPECT_EQ(out, R"(["a")");
}

TEST(json_string, unescapes_all_that_it_escapes)
{
    std::string text;
    for (int c = 0; c < 128; ++c)
        text += static_cast<char>(c);
    EXPECT_EQ(unescape(escaped(text)), text);
}

TEST(json_string, unescapes_without_a_copy_if_nothing_is_escaped)
{
    const std::string raw = R"("plain")";
    std::string scratch = "untouched";
    EXPECT_EQ(unescape(raw, scratch).data(), raw.data() + 1);
    EXPECT_EQ(scratch, "untouched");
}

TEST(json_string, unescapes_each_length_of_utf8)
{
    EXPECT_EQ(unescape(R"("\u007f\u0080\u07ff\u0800\uffff")"), "\u007f\u0080\u07ff\u0800\uffff");
    EXPECT_EQ(unescape(R"("\ud800\udc00\uDBFF\uDFFF")"), "\U00010000\U0010ffff");
}

TEST(json_string, compares_escaped_and_plain_alike)
{
    EXPECT_TRUE(is_json_string(R"("data")", "data"));
    EXPECT_TRUE(is_json_string(R"("d\u0061ta")", "data"));
    EXPECT_FALSE(is_json_string(R"("date")", "data"));
    EXPECT_FALSE(is_json_string(R"("dat")", "data"));
    EXPECT_FALSE(is_json_string(R"("datax")", "data"));
    EXPECT_FALSE(is_json_string(R"("d\u0062ta")", "data"));
    EXPECT_FALSE(is_json_string(R"("")", "data"));
    EXPECT_TRUE(is_json_string(R"("")", ""));
}

} // namespace cresset::protocol
