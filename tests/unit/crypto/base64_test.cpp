#include "crypto/base64.hpp"

#include <gtest/gtest.h>

#include <optional>
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

TEST(base64, decodes_what_it_encodes)
{
    std::string bytes;
    for (int i = 0; i < 600; ++i) {
        bytes += static_cast<char>(i * 7);
        EXPECT_EQ(base64_decode(encode(bytes)), bytes);
    }
}

// RFC 4648, section 10; an empty text is refused, because nothing in the protocol is empty.
TEST(base64, decodes_the_vectors_of_the_rfc)
{
    EXPECT_EQ(base64_decode("Zg=="), "f");
    EXPECT_EQ(base64_decode("Zm8="), "fo");
    EXPECT_EQ(base64_decode("Zm9v"), "foo");
    EXPECT_EQ(base64_decode("Zm9vYg=="), "foob");
    EXPECT_EQ(base64_decode("Zm9vYmE="), "fooba");
    EXPECT_EQ(base64_decode("Zm9vYmFy"), "foobar");
    EXPECT_EQ(base64_decode("+/+/"), "\xfb\xff\xbf");
    EXPECT_EQ(base64_decode(""), std::nullopt);
}

TEST(base64, refuses_all_that_it_would_not_encode)
{
    using namespace std::string_view_literals;
    const std::string_view bad[] = {
        "Zg",
        "Zg=",
        "Zm8",
        "Z",
        "Z===", // padding that is missing, or
                // wrong
        "=",
        "==",
        "===",
        "====",
        "Zg==Zg==",
        "Zm=v",
        "=Zm9",
        "Zm9v=",
        "Zm9v====",
        " Zg==",
        "Zg== ",
        "Zg==\n",
        "Z g==",
        "Zm9v\nZm9v",
        " Zm9v   ",
        "    ", // spaces
        "-_-_",
        "Zm9-",
        "Zm9_", // the alphabet of URLs
        "Zh==",
        "Zn==",
        "Zm9=",
        "Zm+=", // bits behind the end
        "Zm9*",
        "Zm9\xff",
        "\xc3\xa9==",
        "Zm9v\0"sv,
        "\0\0\0\0"sv,
        "Zm\0v"sv,
    };
    for (const std::string_view text : bad)
        EXPECT_EQ(base64_decode(text), std::nullopt) << text;
}

TEST(base64, takes_one_spelling_of_the_last_digit_alone)
{
    int good = 0;
    for (int c = 0; c < 256; ++c) {
        if (c == '=')
            continue;
        good += base64_decode(std::string("A") + static_cast<char>(c) + "==").has_value();
        good += base64_decode(std::string("AA") + static_cast<char>(c) + "=").has_value();
    }
    EXPECT_EQ(good, 4 + 16);
}

TEST(base64, decodes_into_a_buffer_whatever_was_there)
{
    std::string into(100, 'x');
    EXPECT_TRUE(base64_decode("Zm9v", into));
    EXPECT_EQ(into, "foo");
    EXPECT_TRUE(base64_decode("Zm9vYmFyIQ==", into));
    EXPECT_EQ(into, "foobar!");
    EXPECT_FALSE(base64_decode("Zm9vYmFyIQ=", into));
}

} // namespace
} // namespace cresset::crypto
