#include "redis/command.hpp"
#include "support/reply_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace cresset::redis {
namespace {

TEST(make_command, frames_every_word)
{
    EXPECT_EQ(make_command({"PING"}), "*1\r\n$4\r\nPING\r\n");
    EXPECT_EQ(make_command({"AUTH", "secret"}), "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n");
}

TEST(make_command, takes_words_of_any_bytes)
{
    const std::string bytes("\0\r\n$ \xff", 6);
    EXPECT_EQ(make_command({"PUBLISH", "a b", bytes}),
              "*3\r\n$7\r\nPUBLISH\r\n$3\r\na b\r\n$6\r\n" + bytes + "\r\n");
}

TEST(make_command, takes_empty_words)
{
    EXPECT_EQ(make_command({"AUTH", "", std::string_view()}),
              "*3\r\n$4\r\nAUTH\r\n$0\r\n\r\n$0\r\n\r\n");
}

// A command has the form of a reply: what was written is read.
TEST(make_command, takes_many_words_and_large_ones)
{
    std::vector<std::string> words{"SUBSCRIBE"};
    std::string expected = "[\"SUBSCRIBE\"";
    for (int i = 0; i < 2000; ++i) {
        words.push_back(std::string(static_cast<std::size_t>(i), 'x'));
        expected += ", \"" + words.back() + '"';
    }
    const std::vector<std::string_view> views(words.begin(), words.end());
    const read_outcome outcome = read_pieces({make_command(views)}, 4 * 1024 * 1024);
    EXPECT_EQ(outcome.replies, std::vector<std::string>{expected + ']'});
}

} // namespace
} // namespace cresset::redis
