#include "unit/ws/deflate_peer.hpp"
#include "ws/deflate_parameters.hpp"
#include "ws/deflater.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace cresset::ws {
namespace {

using tests::deflate_peer;

// Text that repeats itself over so long a distance.
std::string repeating(std::size_t period, std::size_t size)
{
    std::mt19937 random(1951);
    std::string made;
    while (made.size() < size)
        made += made.size() < period ? static_cast<char>('a' + random() % 26)
                                     : made[made.size() - period];
    return made;
}

std::string noise(std::size_t size)
{
    std::mt19937 random(7692);
    std::string made(size, '\0');
    for (char& c : made)
        c = static_cast<char>(random());
    return made;
}

TEST(deflater, makes_what_a_peer_with_that_window_can_read)
{
    deflater made;
    for (unsigned bits = window_bits_min; bits <= window_bits_max; ++bits)
        for (const std::size_t size : {4u, 60u, 200u, 256u, 257u, 512u, 513u, 5000u, 100'000u})
            for (const std::size_t period : {3u, 250u, 500u, 1000u, 30'000u}) {
                const std::string message = repeating(period, size);
                const auto deflated = made.deflate(message, bits);
                if (!deflated)
                    continue;
                // A window no larger than was agreed on: what reaches back further is corrupt.
                deflate_peer peer(static_cast<int>(bits));
                ASSERT_EQ(peer.inflate(*deflated), message) << bits << ' ' << size << ' ' << period;
                ASSERT_LT(deflated->size(), message.size());
            }
}

TEST(deflater, deflates_each_message_by_itself)
{
    deflater made;
    for (const unsigned bits : {9u, 12u, 15u}) {
        const std::string message = repeating(100, 10'000);
        const std::string first(made.deflate(message, bits).value());
        EXPECT_EQ(made.deflate(message, bits).value(), first) << bits;
        deflate_peer fresh(static_cast<int>(bits));
        EXPECT_EQ(fresh.inflate(first), message) << bits;
    }
}

TEST(deflater, gives_nothing_for_what_does_not_get_smaller)
{
    deflater made;
    for (const std::size_t size : {0u, 1u, 3u, 4u, 100u, 1000u, 100'000u})
        for (const unsigned bits : {8u, 9u, 14u, 15u})
            EXPECT_FALSE(made.deflate(noise(size), bits)) << size << ' ' << bits;
    EXPECT_TRUE(made.deflate(std::string(1000, 'x'), 15));
}

// With a window of 256 bytes only libdeflate can be used, which knows none: for short messages.
TEST(deflater, leaves_long_messages_alone_where_the_window_has_8_bits)
{
    deflater made;
    EXPECT_TRUE(made.deflate(std::string(256, 'x'), 8));
    EXPECT_FALSE(made.deflate(std::string(257, 'x'), 8));
    EXPECT_TRUE(made.deflate(std::string(257, 'x'), 9));
}

TEST(deflater, makes_the_same_for_all_windows_that_hold_the_message)
{
    deflater made;
    const std::string message = repeating(50, 512);
    const std::string widest(made.deflate(message, 15).value());
    for (unsigned bits = window_bits_min; bits <= window_bits_max; ++bits)
        EXPECT_EQ(made.deflate(message, bits) == widest, bits > 8) << bits;
}

TEST(window_deflater, keeps_its_context_if_it_is_asked_to)
{
    scratch out;
    window_deflater made(15, true);
    deflate_peer peer;
    const std::string message = noise(500); // smaller only by what was sent before
    const std::string first(made.deflate(message, out));
    EXPECT_GT(first.size(), message.size());
    EXPECT_EQ(peer.inflate(first), message);
    const std::string second(made.deflate(message, out));
    EXPECT_LT(second.size(), 30u);
    EXPECT_EQ(peer.inflate(second), message);
    EXPECT_NE(deflate_peer().inflate(second), message);
}

TEST(window_deflater, holds_its_window_across_messages)
{
    for (unsigned bits = 9; bits <= window_bits_max; ++bits) {
        scratch out;
        window_deflater made(bits, true);
        deflate_peer peer(static_cast<int>(bits));
        for (const std::size_t size : {1u, 300u, 70'000u, 200u, 33'000u}) {
            const std::string message = repeating(400, size);
            ASSERT_EQ(peer.inflate(made.deflate(message, out)), message) << bits << ' ' << size;
        }
    }
}

} // namespace
} // namespace cresset::ws
