#include "crypto/base64.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::crypto {
namespace {

std::string encode(std::string_view bytes)
{
    return base64_encode({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
}

// RFC 4648, section 10.
TEST(base64, encodes_the_vectors_of_the_rfc)
{
    EXPECT_EQ(encode(""), "");
    EXPECT_EQ(encode("f"), "Zg==");
    EXPECT_EQ(encode("fo"), "Zm8=");
    EXPECT_EQ(encode("foo"), "Zm9v");
    EXPECT_EQ(encode("foob"), "Zm9vYg==");
    EXPECT_EQ(encode("fooba"), "Zm9vYmE=");
    EXPECT_EQ(encode("foobar"), "Zm9vYmFy");
}

TEST(base64, uses_the_whole_alphabet)
{
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::vector<unsigned char> bytes;
    for (unsigned i = 0; i < 64; i += 4) {
        bytes.push_back(static_cast<unsigned char>(i << 2 | (i + 1) >> 4));
        bytes.push_back(static_cast<unsigned char>((i + 1) << 4 | (i + 2) >> 2));
        bytes.push_back(static_cast<unsigned char>((i + 2) << 6 | (i + 3)));
    }
    EXPECT_EQ(base64_encode(bytes), alphabet);
}

TEST(base64, stays_on_one_line)
{
    const std::string text = encode(std::string(1000, '\0'));
    EXPECT_EQ(text, std::string(1334, 'A') + "==");
}

TEST(base64, encodes_nothing_of_nowhere)
{
    EXPECT_EQ(base64_encode({}), "");
}

} // namespace
} // namespace cresset::crypto
