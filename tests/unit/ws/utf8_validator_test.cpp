#include "ws/utf8_validator.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cresset::ws {
namespace {

enum class verdict
{
    valid,
    incomplete,
    invalid
};

verdict judge(const std::vector<std::string_view>& pieces)
{
    utf8_validator validator;
    for (const std::string_view piece : pieces)
        if (!validator.feed(piece))
            return verdict::invalid;
    return validator.complete() ? verdict::valid : verdict::incomplete;
}

std::vector<std::string_view> bytes_of(std::string_view text)
{
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < text.size(); ++i)
        bytes.push_back(text.substr(i, 1));
    return bytes;
}

// Alone, and with so much around it that all of the bulk paths see it; whole, in two pieces at
// every place, byte by byte.
void expect_verdict(std::string_view text, verdict expected)
{
    for (const std::size_t before : {0, 1, 7, 8, 15, 16, 63, 64, 130})
        for (const std::string_view filler : {"a", "\xc3\xa9", "\xf0\x9f\x98\x80"}) {
            std::string whole;
            while (whole.size() < before)
                whole += filler;
            whole += text;
            const std::string_view all = whole;
            ASSERT_EQ(judge({all}), expected) << before << filler;
            ASSERT_EQ(judge(bytes_of(all)), expected) << before << filler;
            for (std::size_t cut = 0; cut <= all.size(); ++cut)
                ASSERT_EQ(judge({all.substr(0, cut), all.substr(cut)}), expected) << cut;
        }
}

TEST(utf8_validator, takes_valid_text)
{
    expect_verdict("", verdict::valid);
    expect_verdict("Hello", verdict::valid);
    expect_verdict(std::string_view{"\0", 1}, verdict::valid);
    expect_verdict("\x7f", verdict::valid);
    expect_verdict("\xc2\x80", verdict::valid);
    expect_verdict("\xdf\xbf", verdict::valid);
    expect_verdict("\xe0\xa0\x80", verdict::valid);
    expect_verdict("\xed\x9f\xbf", verdict::valid);
    expect_verdict("\xee\x80\x80", verdict::valid);
    expect_verdict("\xef\xbf\xbf", verdict::valid);
    expect_verdict("\xf0\x90\x80\x80", verdict::valid);
    expect_verdict("\xf4\x8f\xbf\xbf", verdict::valid);
    expect_verdict("\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5 and so on, for a while longer",
                   verdict::valid);
}

TEST(utf8_validator, waits_for_the_rest_of_a_sequence)
{
    for (const std::string_view text :
         {"\xc2", "\xdf", "\xe0", "\xe0\xa0", "\xed\x9f", "\xef\xbf", "\xf0", "\xf0\x90",
          "\xf0\x90\x80", "\xf4", "\xf4\x8f", "\xf4\x8f\xbf"})
        expect_verdict(text, verdict::incomplete);
}

TEST(utf8_validator, fails_at_the_first_byte_that_can_not_be)
{
    for (const std::string_view text :
         {"\x80", "\xbf", "\xc0", "\xc1", "\xf5", "\xff", "\xfe", "\xe0\x80", "\xe0\x9f",
          "\xed\xa0", "\xed\xbf", "\xf0\x8f", "\xf4\x90", "\xc2\x41", "\xc2\xc2", "\xe1\x80\x41",
          "\xf1\x80\x80\xc0", "\xc2\x80\x80", "\xf0\x90\x41"}) {
        expect_verdict(text, verdict::invalid);
        std::string followed{text};
        expect_verdict(followed + "and more text behind it, enough for the bulk", verdict::invalid);
        followed.pop_back(); // nothing before the last byte was wrong
        EXPECT_NE(judge({followed}), verdict::invalid);
    }
}

TEST(utf8_validator, stays_failed)
{
    for (const std::string& bad : {std::string{"\xc0"}, std::string(40, '\xc0')}) {
        utf8_validator validator;
        EXPECT_FALSE(validator.feed(bad));
        EXPECT_FALSE(validator.feed(""));
        EXPECT_FALSE(validator.feed("a"));
        EXPECT_FALSE(validator.feed(std::string(100, 'a')));
        EXPECT_FALSE(validator.complete());
    }
}

// Every pair of bytes as lead and second byte, against the table of RFC 3629, section 4.
TEST(utf8_validator, knows_every_second_byte)
{
    for (unsigned lead = 0x80; lead < 0x100; ++lead)
        for (unsigned second = 0; second < 0x100; ++second) {
            const bool possible =
                lead >= 0xc2 && lead <= 0xf4 && second >= 0x80 && second <= 0xbf &&
                !(lead == 0xe0 && second < 0xa0) && !(lead == 0xed && second > 0x9f) &&
                !(lead == 0xf0 && second < 0x90) && !(lead == 0xf4 && second > 0x8f);
            const std::string text{static_cast<char>(lead), static_cast<char>(second)};
            EXPECT_EQ(judge({text}) != verdict::invalid, possible) << lead << ' ' << second;
            EXPECT_EQ(judge({std::string(40, 'a') + "\xc3\xa9" + std::string(40, 'a') + text}) !=
                          verdict::invalid,
                      possible);
        }
}

TEST(utf8_validator, is_four_bytes_at_most)
{
    EXPECT_LE(sizeof(utf8_validator), 4u);
}

} // namespace
} // namespace cresset::ws
