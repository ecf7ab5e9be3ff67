#include "jwt/base64url.hpp"

#include <gtest/gtest.h>

namespace cresset::jwt {
namespace {

TEST(base64url, encodes_as_the_rfc)
{
    // RFC 7515, appendix C.
    EXPECT_EQ(base64url_encode("\x03\xec\xff\xe0\xc1"), "A-z_4ME");
    EXPECT_EQ(base64url_encode("f"), "Zg");
    EXPECT_EQ(base64url_encode("fo"), "Zm8");
    EXPECT_EQ(base64url_encode("foo"), "Zm9v");
    EXPECT_EQ(base64url_encode(""), "");
}

TEST(base64url, decodes_what_it_encodes)
{
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        bytes += static_cast<char>(i * 7);
        EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
    }
}

TEST(base64url, decodes_nothing_else)
{
    for (const std::string_view text :
         {"", "A", "AAAAA", "Zg=", "Zg==", "Zm8=", " Zg", "Zg ", "Zm\n8", "A+zz", "A/zz", "Zm9v.",
          "Z\xc3\xa4", "Zh", "Zm9", "Zm9vZh", "===", "Zg=x"})
        EXPECT_FALSE(base64url_decode(text)) << text;
    EXPECT_FALSE(base64url_decode({"Zm\0v", 4}));
}

} // namespace
} // namespace cresset::jwt
