#include "crypto/digest.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace cresset::crypto {
namespace {

template <typename Digest>
std::string hex(const Digest& digest)
{
    std::string text;
    for (const unsigned char byte : digest) {
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02x", byte);
        text += digits;
    }
    return text;
}

std::string hex_sha1(std::string_view bytes)
{
    return hex(sha1(bytes));
}

// RFC 3174, section 7.3, and the examples of FIPS 180.
TEST(sha1, gives_the_digests_of_the_standards)
{
    EXPECT_EQ(hex_sha1("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(hex_sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    EXPECT_EQ(hex_sha1(std::string(1'000'000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    std::string repeated;
    for (int i = 0; i < 80; ++i)
        repeated += "01234567";
    EXPECT_EQ(hex_sha1(repeated), "dea356a2cddd90c7a7ecedc5ebb563934f460452");
}

TEST(sha1, digests_nothing)
{
    EXPECT_EQ(hex_sha1(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    EXPECT_EQ(hex_sha1({}), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST(sha1, does_not_stop_at_a_zero_byte)
{
    using namespace std::string_view_literals;
    EXPECT_NE(hex_sha1("a\0b"sv), hex_sha1("a\0c"sv));
    EXPECT_EQ(hex_sha1("\0"sv), "5ba93c9db0cff93f52b521d7420e43f6eda2784f");
}

// The examples of FIPS 180.
TEST(sha256, gives_the_digests_of_the_standard)
{
    EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

} // namespace
} // namespace cresset::crypto
