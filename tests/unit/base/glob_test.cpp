#include "base/glob.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace cresset::base {
namespace {

struct glob_case
{
    std::string_view pattern;
    std::string_view text;
    bool fits;
};

TEST(glob, fits_or_not)
{
    using namespace std::string_view_literals;
    for (const glob_case& c : {
             glob_case{"", "", true},
             {"", "a", false},
             {"a", "", false},
             {"lobby", "lobby", true},
             {"lobby", "Lobby", false},
             {"lobby", "lobby2", false},
             {"lobby", "a lobby", false},
             {"*", "", true},
             {"*", "anything: ws:*", true},
             {"**", "", true},
             {"?", "", false},
             {"?", "a", true},
             {"?", "ab", false},
             {"public-*", "public-", true},
             {"public-*", "public-1", true},
             {"public-*", "public", false},
             {"public-*", "my-public-1", false},
             {"*-news", "eu-news", true},
             {"*-news", "eu-news-old", false},
             {"*-news", "-news-news", true},
             {"a*b*c", "abc", true},
             {"a*b*c", "a1b2b3c", true},
             {"a*b*c", "a1b2c3", false},
             {"*ab*ab", "abab", true},
             {"*ab*ab", "aab", false},
             {"?*?", "a", false},
             {"?*?", "ab", true},
             {"a?c*", "abcd", true},
             {"[ab]", "a", false}, // no sets
             {"[ab]", "[ab]", true},
             {"\\*", "*", false}, // no escapes
             {"\\*", "\\x", true},
             {"??", "\xc3\xbc", true}, // bytes, not characters
             {"a*\0"sv, "ab\0"sv, true},
             {"a*\0"sv, "ab"sv, false},
         })
        EXPECT_EQ(glob_match(c.pattern, c.text), c.fits) << c.pattern << " on " << c.text;
}

// The definition, one line a rule; its steps grow exponentially.
bool fits_by_definition(std::string_view pattern, std::string_view text)
{
    if (pattern.empty())
        return text.empty();
    if (pattern[0] == '*')
        return fits_by_definition(pattern.substr(1), text) ||
               (!text.empty() && fits_by_definition(pattern, text.substr(1)));
    return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
           fits_by_definition(pattern.substr(1), text.substr(1));
}

std::vector<std::string> all_strings(std::string_view alphabet, std::size_t size_max)
{
    std::vector<std::string> all{""};
    for (std::size_t begin = 0; all[begin].size() < size_max; ++begin)
        for (const char c : alphabet)
            all.push_back(all[begin] + c);
    return all;
}

TEST(glob, does_as_defined_on_everything_short)
{
    const auto texts = all_strings("ab", 5);
    for (const std::string& pattern : all_strings("ab*?", 5))
        for (const std::string& text : texts)
            ASSERT_EQ(glob_match(pattern, text), fits_by_definition(pattern, text))
                << pattern << " on " << text;
}

TEST(glob, ends_soon_on_a_hostile_pattern)
{
    std::string pattern;
    for (int i = 0; i < 100; ++i)
        pattern += "a*";
    const std::string text(10'000, 'a');
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(glob_match(pattern, text));
    EXPECT_FALSE(glob_match(pattern + "b", text));
    EXPECT_FALSE(glob_match("*" + std::string(100, 'a') + "b", text));
    EXPECT_TRUE(glob_match(std::string(10'000, '*'), text));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

} // namespace
} // namespace cresset::base
