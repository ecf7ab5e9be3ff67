#include "jwt/base64url.hpp"
#include "jwt/signed_token.hpp"

#include <gtest/gtest.h>

namespace cresset::jwt {
namespace {

std::string with_header(std::string_view header)
{
    return base64url_encode(header) + ".e30.AAAA";
}

refusal refused(const std::string& text)
{
    const auto read = read_token(text);
    EXPECT_FALSE(read) << text;
    return read ? refusal::too_large : read.error();
}

TEST(signed_token, is_taken_apart)
{
    const std::string text = with_header(R"({"alg":"ES256","kid":"a","typ":"JWT","x":[1]})");
    const auto read = read_token(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text, text);
    EXPECT_EQ(read->signed_text, text.substr(0, text.size() - 5));
    EXPECT_EQ(read->algorithm, "ES256");
    EXPECT_EQ(read->key_id, "a");
    EXPECT_EQ(read->payload, "{}");
    EXPECT_EQ(read->signature, std::string(3, '\0'));
}

TEST(signed_token, needs_neither_key_id_nor_type)
{
    const std::string text = with_header(R"({"alg":"x"})");
    const auto read = read_token(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->key_id, std::nullopt);
}

TEST(signed_token, is_malformed_without_three_segments)
{
    const std::string header = base64url_encode(R"({"alg":"ES256"})");
    for (const std::string& text :
         {std::string(), std::string("."), std::string(".."), std::string("..."), header,
          header + ".e30", header + ".e30.", header + "..AAAA", "." + header + ".e30.AAAA",
          header + ".e30.AAAA.", header + ".e30.AAAA.AAAA"})
        EXPECT_EQ(refused(text), refusal::malformed) << text;
}

TEST(signed_token, is_malformed_with_a_header_of_other_types)
{
    for (const std::string_view header :
         {"[]", "{}", R"({"kid":"a"})", R"({"alg":1})", R"({"alg":null})", R"({"alg":["ES256"]})",
          R"({"alg":"ES256","kid":1})", R"({"alg":"ES256","kid":null})",
          R"({"alg":"ES256","typ":1})"})
        EXPECT_EQ(refused(with_header(header)), refusal::malformed) << header;
}

TEST(signed_token, is_for_access)
{
    for (const std::string_view type :
         {"JWT", "jwt", "Jwt", "application/jwt", "at+jwt", "AT+JWT", "Application/At+jwt"})
        EXPECT_TRUE(read_token(with_header(R"({"alg":"x","typ":")" + std::string(type) + "\"}")));
    for (const std::string_view type :
         {"", "application/", "logout+jwt", "secevent+jwt", "dpop+jwt", "JOSE", "JWT ",
          "application/application/jwt", "text/jwt"})
        EXPECT_EQ(refused(with_header(R"({"alg":"x","typ":")" + std::string(type) + "\"}")),
                  refusal::wrong_type);
}

TEST(signed_token, is_unsupported_where_more_has_to_be_understood)
{
    for (const std::string_view member :
         {R"("crit":["exp"])", R"("crit":[])", R"("crit":null)", R"("b64":false)", R"("b64":true)",
          R"("cty":"JWT")", R"("enc":"A128GCM")", R"("zip":"DEF")"})
        EXPECT_EQ(refused(with_header(R"({"alg":"x",)" + std::string(member) + "}")),
                  refusal::unsupported);
}

} // namespace
} // namespace cresset::jwt
