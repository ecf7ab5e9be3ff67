#include "unit/ws/deflate_peer.hpp"
#include "ws/deflater.hpp"
#include "ws/frame_decoder.hpp"
#include "ws/inflater.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace cresset::ws {
namespace {

using tests::deflate_peer;

constexpr std::size_t mib = 1024 * 1024;

std::string inflated(inflater& with, std::string_view deflated, std::size_t size_max = 16 * mib)
{
    byte_buffer into;
    switch (with.inflate(deflated, size_max, into)) {
    case inflater::result::too_big:
        return "too big";
    case inflater::result::corrupt:
        return "corrupt";
    case inflater::result::ok:
        break;
    }
    EXPECT_GE(into.capacity(), into.size() + payload_padding);
    return {into.content().data(), into.size()};
}

std::string inflated(std::string_view deflated, std::size_t size_max = 16 * mib)
{
    inflater fresh;
    return inflated(fresh, deflated, size_max);
}

// Words in no order: what compresses as text does.
std::string text(std::size_t size)
{
    std::mt19937 random(13);
    std::string made;
    while (made.size() < size)
        made += "word" + std::to_string(random() % 1000) + ' ';
    made.resize(size);
    return made;
}

TEST(inflater, reads_the_examples_of_the_rfc)
{
    using namespace std::string_view_literals;
    // RFC 7692, section 7.2.3: plain, in two blocks, not compressed, marked as the last, empty.
    for (const std::string_view sent :
         {"\xf2\x48\xcd\xc9\xc9\x07\x00"sv,
          "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"sv,
          "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"sv, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv})
        EXPECT_EQ(inflated(sent), "Hello");
    EXPECT_EQ(inflated("\x00"sv), "");
    inflater kept(15);
    EXPECT_EQ(inflated(kept, "\xf2\x48\xcd\xc9\xc9\x07\x00"sv), "Hello");
    EXPECT_EQ(inflated(kept, "\xf2\x00\x11\x00\x00"sv), "Hello");
}

TEST(inflater, reads_messages_of_any_size_and_window)
{
    for (int bits = 9; bits <= 15; ++bits) {
        deflate_peer peer(bits);
        inflater keeping(static_cast<unsigned>(bits));
        inflater forgetting;
        for (const std::size_t size : {0u, 1u, 1023u, 1024u, 1025u, 4096u, 70'000u, 1'000'000u}) {
            const std::string message = text(size);
            EXPECT_EQ(inflated(keeping, peer.deflate(message)), message) << bits << ' ' << size;
            deflate_peer fresh(bits);
            EXPECT_EQ(inflated(forgetting, fresh.deflate(message)), message) << bits << ' ' << size;
        }
    }
}

TEST(inflater, reads_what_the_deflater_makes)
{
    deflater made;
    inflater with;
    for (unsigned bits = window_bits_min; bits <= window_bits_max; ++bits)
        for (const std::size_t size : {100u, 256u, 3000u, 200'000u}) {
            const std::string message = text(size);
            const auto deflated = made.deflate(message, bits);
            ASSERT_EQ(deflated.has_value(), bits > 8 || size <= 256) << bits << ' ' << size;
            if (deflated) {
                EXPECT_EQ(inflated(with, *deflated), message) << bits << ' ' << size;
            }
        }
}

// A context that nobody agreed on: the second message refers to the first.
TEST(inflater, keeps_nothing_unless_it_is_told_to)
{
    deflate_peer peer;
    const std::string first = peer.deflate(text(500));
    const std::string second = peer.deflate(text(500));
    inflater forgetting;
    EXPECT_EQ(inflated(forgetting, first), text(500));
    EXPECT_EQ(inflated(forgetting, second), "corrupt");
    inflater keeping(15);
    EXPECT_EQ(inflated(keeping, first), text(500));
    EXPECT_EQ(inflated(keeping, second), text(500));
}

TEST(inflater, stops_at_the_largest_message_that_is_allowed)
{
    for (const std::size_t size_max : {1u, 1000u, 1024u, 1025u, 100'000u}) {
        deflate_peer peer;
        EXPECT_EQ(inflated(peer.deflate(std::string(size_max, 'x')), size_max),
                  std::string(size_max, 'x'));
        peer.reset();
        EXPECT_EQ(inflated(peer.deflate(std::string(size_max + 1, 'x')), size_max), "too big");
    }
}

TEST(inflater, takes_no_more_memory_than_a_message_may_have)
{
    deflate_peer peer;
    const std::string bomb = peer.deflate(std::string(64 * mib, '\0'));
    for (const std::size_t size_max : {1000u, 128u * 1024, 3'000'000u}) {
        inflater with;
        byte_buffer into;
        EXPECT_EQ(with.inflate(bomb, size_max, into), inflater::result::too_big);
        EXPECT_LE(into.capacity(), size_max + size_max / 8 + payload_padding);
    }
}

TEST(inflater, refuses_what_is_out_of_proportion)
{
    deflate_peer peer(15, 9);
    EXPECT_EQ(inflated(peer.deflate(std::string(4 * mib, '\0'))), "too big");
    // Small ones do no harm, and text never gets there.
    peer.reset();
    EXPECT_EQ(inflated(peer.deflate(std::string(mib, '\0'))), std::string(mib, '\0'));
    peer.reset();
    EXPECT_EQ(inflated(peer.deflate(text(8 * mib))), text(8 * mib));
}

TEST(inflater, finds_what_is_corrupt)
{
    using namespace std::string_view_literals;
    deflate_peer peer;
    const std::string whole = peer.deflate(text(3000));
    for (std::size_t size = 0; size < whole.size(); ++size)
        ASSERT_EQ(inflated(std::string_view(whole).substr(0, size)), "corrupt") << size;
    EXPECT_EQ(inflated(whole), text(3000));
    EXPECT_EQ(inflated("\x07"sv), "corrupt"); // a type of block that there isn't
    EXPECT_EQ(inflated("\x00\x05\x00\xfb\xff\x48"sv), "corrupt"); // a length and not its complement
    EXPECT_EQ(inflated("\xf2\x00\x11\x00\x00"sv), "corrupt");     // reaches back before the start
    EXPECT_EQ(inflated(whole + "\xff"), "corrupt");
}

// Each costs a few steps: none may cost memory or make it wait for more.
TEST(inflater, comes_to_an_end_with_any_bytes)
{
    std::mt19937 random(1950);
    inflater keeping(15);
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes(random() % 64, '\0');
        for (char& c : bytes)
            c = static_cast<char>(random());
        byte_buffer into;
        inflater fresh;
        fresh.inflate(bytes, 10'000, into);
        ASSERT_LE(into.size(), 10'000u);
    }
    std::string last_blocks;
    while (last_blocks.size() < 100'000)
        last_blocks.append("\x03\x00", 2); // empty, and the last of a stream, again and again
    EXPECT_EQ(inflated(last_blocks + std::string(1, '\0')), "");
}

} // namespace
} // namespace cresset::ws
