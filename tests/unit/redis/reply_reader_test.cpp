#include "redis/reply_reader.hpp"
#include "support/bulk.hpp"
#include "support/reply_text.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <malloc.h>
#include <string>
#include <vector>

namespace cresset::redis {
namespace {

// Whole, in two pieces at every place, and byte by byte: the outcome must be the same.
read_outcome read_every_way(std::string_view bytes, std::size_t reply_bytes_max = 1024 * 1024)
{
    const read_outcome whole = read_pieces({bytes}, reply_bytes_max);
    for (std::size_t cut = 1; cut < bytes.size(); ++cut)
        EXPECT_EQ(read_pieces({bytes.substr(0, cut), bytes.substr(cut)}, reply_bytes_max), whole)
            << "cut at " << cut;
    EXPECT_EQ(read_pieces(bytes_of(bytes), reply_bytes_max), whole) << "byte by byte";
    return whole;
}

void expect_read(std::string_view bytes, const std::vector<std::string>& replies)
{
    const read_outcome outcome = read_every_way(bytes);
    EXPECT_EQ(outcome.replies, replies);
    EXPECT_FALSE(outcome.failed) << outcome.error;
    EXPECT_EQ(outcome.error, "");
}

void expect_refused(std::string_view bytes, const std::vector<std::string>& replies_before = {})
{
    const read_outcome outcome = read_every_way(bytes);
    EXPECT_EQ(outcome.replies, replies_before);
    EXPECT_TRUE(outcome.failed) << bytes;
    EXPECT_NE(outcome.error, "") << bytes;
}

using tests::bulk;

TEST(reply_reader, reads_every_kind)
{
    expect_read("+OK\r\n", {"+OK"});
    expect_read("-ERR no\r\n", {"-ERR no"});
    expect_read(":0\r\n:42\r\n:-7\r\n", {"0", "42", "-7"});
    expect_read("$5\r\nhello\r\n", {"\"hello\""});
    expect_read("*2\r\n+a\r\n:1\r\n", {"[+a, 1]"});
}

TEST(reply_reader, reads_the_largest_integers)
{
    expect_read(":9223372036854775807\r\n:-9223372036854775808\r\n",
                {"9223372036854775807", "-9223372036854775808"});
    expect_refused(":9223372036854775808\r\n");
}

TEST(reply_reader, reads_nil)
{
    expect_read("$-1\r\n*-1\r\n*3\r\n$-1\r\n*-1\r\n:1\r\n", {"nil", "nil", "[nil, nil, 1]"});
}

TEST(reply_reader, reads_what_is_empty)
{
    expect_read("$0\r\n\r\n+\r\n-\r\n*0\r\n*2\r\n*0\r\n$0\r\n\r\n",
                {"\"\"", "+", "-", "[]", "[[], \"\"]"});
}

TEST(reply_reader, reads_texts_with_any_bytes)
{
    const std::string bytes("\0\r\n$1\r\n\xff*", 10);
    expect_read(bulk(bytes), {'"' + bytes + '"'});
}

TEST(reply_reader, reads_nested_arrays)
{
    expect_read("*3\r\n*2\r\n$1\r\na\r\n*1\r\n:1\r\n$1\r\nb\r\n*2\r\n-E\r\n*0\r\n",
                {"[[\"a\", [1]], \"b\", [-E, []]]"});
    expect_read("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", {"[[[[[1]]]]]"});
}

TEST(reply_reader, reads_many_replies_in_order)
{
    std::string bytes;
    std::vector<std::string> replies;
    for (int i = 0; i < 5000; ++i) {
        bytes += ':' + std::to_string(i) + "\r\n";
        replies.push_back(std::to_string(i));
    }
    EXPECT_EQ(read_pieces({bytes}).replies, replies);
}

TEST(reply_reader, reads_a_message_as_redis_sends_it)
{
    expect_read("*3\r\n$7\r\nmessage\r\n$7\r\nws:room\r\n$4\r\n{\"a\"\r\n",
                {"[\"message\", \"ws:room\", \"{\"a\"\"]"});
}

TEST(reply_reader, gives_nothing_for_what_is_not_there)
{
    reply_reader reader;
    bool seen = false;
    EXPECT_TRUE(reader.read("*1\r\n:5\r\n", [&](const reply& r) {
        seen = true;
        EXPECT_EQ(r.text(), "");
        EXPECT_EQ(r.integer(), 0);
        EXPECT_EQ(r[0].integer(), 5);
        EXPECT_EQ(r[0].size(), 0u);
        EXPECT_EQ(r[0].text(), "");
        for (const reply& none :
             {r[1], r[1][0], r[0][0], r[std::numeric_limits<std::size_t>::max()]}) {
            EXPECT_EQ(none.kind(), reply_kind::nil);
            EXPECT_EQ(none.text(), "");
            EXPECT_EQ(none.integer(), 0);
            EXPECT_EQ(none.size(), 0u);
            EXPECT_FALSE(none.is_error());
        }
        return true;
    }));
    EXPECT_TRUE(seen);
}

TEST(reply_reader, stops_when_it_is_told_to)
{
    reply_reader reader;
    int calls = 0;
    EXPECT_TRUE(reader.read(":1\r\n:2\r\nx", [&](const reply&) { return ++calls < 2; }));
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(reader.error(), "");
}

TEST(reply_reader, refuses_what_is_none_of_redis)
{
    for (const char* bytes :
         {"x", "HTTP/1.1 400 Bad Request\r\n", "\r\n", "OK\r\n", "\x16\x03\x01", "*1\r\nx"})
        expect_refused(bytes);
    expect_refused("+OK\r\n!\r\n", {"+OK"});
    expect_refused(std::string_view("\0", 1));
}

TEST(reply_reader, refuses_numbers_that_are_none)
{
    for (const char* bytes : {":\r\n", ":x\r\n", ":1x\r\n", ":1.5\r\n", "$x\r\n", "$\r\n", "*x\r\n",
                              "*\r\n", "$-2\r\n", "*-2\r\n"})
        expect_refused(bytes);
}

TEST(reply_reader, is_of_no_use_after_an_error)
{
    reply_reader reader;
    const auto none = [](const reply&) {
        ADD_FAILURE() << "a reply";
        return true;
    };
    EXPECT_FALSE(reader.read("x", none));
    const std::string why = reader.error();
    EXPECT_FALSE(reader.read(":1\r\n", none));
    EXPECT_EQ(reader.error(), why);
}

// --- bounds ---

TEST(reply_reader, takes_a_text_up_to_the_bound)
{
    EXPECT_FALSE(read_every_way(bulk(std::string(1000, 'a')), 1000).failed);
    const read_outcome outcome = read_every_way(bulk(std::string(1001, 'a')), 1000);
    EXPECT_TRUE(outcome.failed);
    EXPECT_EQ(outcome.error, "a reply of over 1000 bytes");
}

TEST(reply_reader, counts_all_texts_of_a_reply_and_not_those_of_others)
{
    const std::string half = bulk(std::string(400, 'a'));
    EXPECT_FALSE(read_every_way("*2\r\n" + half + half, 800).failed);
    EXPECT_TRUE(read_every_way("*2\r\n" + half + half, 799).failed);
    const read_outcome three = read_every_way(half + half + half, 400);
    EXPECT_EQ(three.replies.size(), 3u);
    EXPECT_FALSE(three.failed) << three.error;
}

TEST(reply_reader, refuses_an_endless_text_at_the_bound)
{
    constexpr std::size_t bound = 256 * 1024;
    const std::string piece(1000, 'a');
    for (const char* begin :
         {"$9223372036854775807\r\n", "$1000000000\r\n", "*2\r\n+a\r\n$300000\r\n"}) {
        reply_reader reader(bound);
        const auto none = [](const reply&) { return false; };
        ASSERT_TRUE(reader.read(begin, none));
        std::size_t taken = 0;
        while (taken < 2 * bound && reader.read(piece, none))
            taken += piece.size();
        EXPECT_LE(taken, bound + 100);
        EXPECT_NE(reader.error().find("over 262144 bytes"), std::string::npos) << reader.error();
    }
}

TEST(reply_reader, refuses_a_line_without_an_end)
{
    for (const char* begin : {"+", "+\n\r", "-ERR ", ":", "$", "*", "*1\r\n+"}) {
        reply_reader reader;
        const auto none = [](const reply&) { return false; };
        ASSERT_TRUE(reader.read(begin, none));
        const std::string piece(1000, '1');
        std::size_t taken = 0;
        while (taken < 1024 * 1024 && reader.read(piece, none))
            taken += piece.size();
        EXPECT_LE(taken, 70'000u) << begin;
        EXPECT_NE(reader.error(), "");
    }
}

TEST(reply_reader, takes_a_line_up_to_its_bound_however_it_is_cut)
{
    for (const std::size_t size : {65'536u, 65'537u, 65'570u, 66'000u}) {
        const std::string line = '+' + std::string(size, 'a') + "\r\n";
        const std::string_view text(line);
        const read_outcome whole = read_pieces({text});
        EXPECT_EQ(whole.failed, size > 65'536) << size;
        for (std::size_t cut = 65'530; cut < text.size(); cut += 7)
            EXPECT_EQ(read_pieces({text.substr(0, cut), text.substr(cut)}), whole) << cut;
        std::vector<std::string_view> pieces = bytes_of(text.substr(65'530));
        pieces.insert(pieces.begin(), text.substr(0, 65'530));
        EXPECT_EQ(read_pieces(pieces), whole) << size;
    }
}

TEST(reply_reader, refuses_more_elements_than_fit_the_bound)
{
    EXPECT_FALSE(read_every_way("*100\r\n", 6400).failed);
    EXPECT_EQ(read_every_way("*101\r\n", 6400).error, "a reply of over 100 elements");
    EXPECT_FALSE(read_every_way("*50\r\n*50\r\n", 6400).failed);
    EXPECT_EQ(read_every_way("*50\r\n*51\r\n", 6400).error, "a reply of over 100 elements");
    for (const char* bytes : {"*2147483647\r\n", "*2147483648\r\n", "*4294967296\r\n",
                              "*9223372036854775807\r\n", "*1048577\r\n"})
        expect_refused(bytes);
}

TEST(reply_reader, refuses_elements_upon_elements)
{
    std::string bytes;
    for (int i = 0; i < 6; ++i)
        bytes += "*1000000\r\n";
    reply_reader reader;
    EXPECT_FALSE(reader.read(bytes, [](const reply&) { return true; }));
    EXPECT_NE(reader.error().find("elements"), std::string::npos) << reader.error();
}

// What hiredis allows differs by version: a fixed depth, or any.
TEST(reply_reader, survives_any_depth)
{
    std::string bytes;
    for (int i = 0; i < 200'000; ++i)
        bytes += "*1\r\n";
    reply_reader reader(64 * 1024);
    EXPECT_FALSE(reader.read(bytes, [](const reply&) { return true; }));
    EXPECT_NE(reader.error(), "");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(reply_reader, gives_back_the_memory_of_an_exceptional_reply)
{
    reply_reader reader;
    const auto use = [&](const std::string& bytes) {
        EXPECT_TRUE(reader.read(bytes, [](const reply&) { return true; })) << reader.error();
    };
    const auto in_use = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
    use(":1\r\n");
    const std::size_t before = in_use();
    use("*500000\r\n");
    for (int i = 0; i < 500'000; ++i)
        use(":1\r\n");
    use(bulk(std::string(20 * 1024 * 1024, 'a')));
    use(":1\r\n");
    EXPECT_LT(in_use(), before + 3 * 1024 * 1024);
}
#endif

} // namespace
} // namespace cresset::redis
