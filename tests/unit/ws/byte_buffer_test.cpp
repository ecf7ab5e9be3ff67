#include "ws/byte_buffer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::ws {
namespace {

std::string text_of(byte_buffer& buffer)
{
    return {buffer.content().data(), buffer.content().size()};
}

TEST(byte_buffer, keeps_what_was_appended_in_order)
{
    byte_buffer buffer;
    std::string expected;
    for (int i = 0; i < 5000; ++i) {
        const std::string piece(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26));
        buffer.append(piece, 3);
        expected += piece;
    }
    EXPECT_EQ(text_of(buffer), expected);
}

TEST(byte_buffer, leaves_the_spare_bytes_even_behind_nothing)
{
    byte_buffer buffer;
    buffer.append({}, 64);
    EXPECT_EQ(buffer.size(), 0u);
    EXPECT_GE(buffer.capacity(), 64u);
    EXPECT_NE(buffer.content().data(), nullptr);
    buffer.append(std::string(1000, 'x'), 64);
    EXPECT_GE(buffer.capacity(), 1064u);
}

TEST(byte_buffer, grows_seldom_and_holds_little_more_than_its_content)
{
    byte_buffer buffer;
    const std::string piece(10, 'x');
    int growths = 0;
    for (std::size_t capacity = 0; buffer.size() < 4'000'000;) {
        buffer.append(piece, 64);
        growths += buffer.capacity() != capacity;
        capacity = buffer.capacity();
        if (buffer.size() > 128 * 1024) {
            ASSERT_LE(capacity, buffer.size() + buffer.size() / 8 + 2 * 64);
        }
    }
    EXPECT_LT(growths, 60);
}

TEST(byte_buffer, keeps_its_content_when_it_is_resized_and_swapped)
{
    byte_buffer one, other;
    one.append(std::string("content"), 0);
    one.resize(100'000, 64);
    EXPECT_EQ(one.size(), 100'000u);
    EXPECT_GE(one.capacity(), 100'064u);
    one.resize(7, 0);
    one.swap(other);
    EXPECT_EQ(one.size(), 0u);
    EXPECT_EQ(std::string(other.content().data(), other.size()), "content");
}

} // namespace
} // namespace cresset::ws
