#include "http/line.hpp"

#include <gtest/gtest.h>

namespace cresset::http {
namespace {

TEST(line, is_taken_with_its_end_and_nothing_behind_it)
{
    std::string_view input = "ab\r\ncd";
    std::string to;
    EXPECT_EQ(take_line(input, to, 100), line_status::whole);
    EXPECT_EQ(to, "ab\r\n");
    EXPECT_EQ(input, "cd");
    EXPECT_EQ(take_line(input, to, 100), line_status::need_more);
    EXPECT_EQ(to, "ab\r\ncd");
    EXPECT_TRUE(input.empty());
}

TEST(line, goes_on_between_cr_and_lf)
{
    std::string to;
    std::string_view input = "a\r";
    EXPECT_EQ(take_line(input, to, 100), line_status::need_more);
    input = "\n";
    EXPECT_EQ(take_line(input, to, 100), line_status::whole);
    EXPECT_EQ(to, "a\r\n");
}

TEST(line, refuses_half_a_line_end_and_control_characters)
{
    for (const char* bad : {"\n", "a\n", "a\rb", "\r\r", "\x01", "\x1f", "\x7f", "\x0b", "\x0c"}) {
        std::string to;
        std::string_view input = bad;
        EXPECT_EQ(take_line(input, to, 100), line_status::bad_byte)
            << ::testing::PrintToString(bad);
    }
    std::string to;
    std::string_view fine = "\t \x80\xff~";
    EXPECT_EQ(take_line(fine, to, 100), line_status::need_more);
}

TEST(line, is_too_long_as_soon_as_its_end_has_no_room)
{
    std::string to;
    std::string_view input = "ab\r\n";
    EXPECT_EQ(take_line(input, to, 4), line_status::whole);
    to.clear();
    input = "abcd";
    EXPECT_EQ(take_line(input, to, 4), line_status::too_long);
    to.clear();
    input = "abc\r\n";
    EXPECT_EQ(take_line(input, to, 4), line_status::too_long);
    EXPECT_LE(to.size(), 4u);
}

} // namespace
} // namespace cresset::http
