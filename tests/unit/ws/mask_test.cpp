#include "ws/mask.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::ws {
namespace {

constexpr mask_key key{'\x37', '\xfa', '\x21', '\x3d'};

// Section 5.3, literally.
void mask_by_the_book(std::span<char> bytes, std::size_t phase)
{
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(bytes[i] ^ key[(phase + i) % 4]);
}

std::string counting(std::size_t size)
{
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>(i * 7 + 1);
    return bytes;
}

TEST(mask, unmasks_the_example_of_the_rfc)
{
    std::string hello = "\x7f\x9f\x4d\x51\x58";
    unmask(hello, key);
    EXPECT_EQ(hello, "Hello");
}

TEST(mask, agrees_with_the_rfc_for_every_size_phase_and_alignment)
{
    for (std::size_t size = 0; size <= 100; ++size)
        for (std::size_t phase = 0; phase < 8; ++phase)
            for (std::size_t offset = 0; offset < 16; ++offset) {
                std::string got = counting(size + offset + 16);
                std::string expected = got;
                unmask(std::span{got}.subspan(offset, size), key, phase);
                mask_by_the_book(std::span{expected}.subspan(offset, size), phase);
                ASSERT_EQ(got, expected) << size << ' ' << phase << ' ' << offset;
            }
}

TEST(mask, keeps_its_phase_across_pieces)
{
    for (std::size_t cut = 0; cut <= 100; ++cut) {
        std::string got = counting(100);
        std::string expected = got;
        unmask(std::span{got}.first(cut), key, 0);
        unmask(std::span{got}.subspan(cut), key, cut);
        mask_by_the_book(expected, 0);
        ASSERT_EQ(got, expected) << cut;
    }
}

} // namespace
} // namespace cresset::ws
