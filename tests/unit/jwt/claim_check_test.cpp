#include "jwt/claim_check.hpp"
#include "jwt/strict_json.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string_view>

namespace cresset::jwt {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr instant check_time = instant(seconds(1'000'000));

// What is said of the claims: "" if nothing.
std::string_view said_of_claims(std::string_view claims, const rules& asked = {},
                                instant at = check_time)
{
    auto members = parse_object(claims);
    if (!members)
        throw std::runtime_error("the test's claims are no JSON");
    const auto checked = check_claims(*std::move(members), asked, at);
    return checked ? "" : to_string(checked.error());
}

rules without_expiry()
{
    rules asked;
    asked.expiry_required = false;
    return asked;
}

TEST(claim_check, hands_on_what_the_token_says)
{
    const auto checked =
        check_claims(*parse_object(R"({"exp":1000001.25,"sub":"ada"})"), {}, check_time);
    ASSERT_TRUE(checked);
    EXPECT_EQ(checked->members.at("sub"), "ada");
    EXPECT_EQ(checked->expiry, check_time + milliseconds(1250));
}

TEST(claim_check, expiry_is_required_unless_told_otherwise)
{
    EXPECT_EQ(said_of_claims("{}"), "missing claim");
    EXPECT_EQ(said_of_claims("{}", without_expiry()), "");
    EXPECT_EQ(said_of_claims(R"({"exp":1})", without_expiry()), "expired");
    EXPECT_FALSE(check_claims({}, without_expiry(), check_time)->expiry);
}

TEST(claim_check, expires_when_the_leeway_is_over)
{
    EXPECT_EQ(said_of_claims(R"({"exp":1000000})", {}, check_time + seconds(60) - milliseconds(1)),
              "");
    EXPECT_EQ(said_of_claims(R"({"exp":1000000})", {}, check_time + seconds(60)), "expired");
    rules asked;
    asked.leeway = seconds(0);
    EXPECT_EQ(said_of_claims(R"({"exp":1000000})", asked, check_time - milliseconds(1)), "");
    EXPECT_EQ(said_of_claims(R"({"exp":1000000})", asked, check_time), "expired");
}

TEST(claim_check, begins_a_leeway_early)
{
    EXPECT_EQ(said_of_claims(R"({"exp":2e6,"nbf":1000060})"), "");
    EXPECT_EQ(said_of_claims(R"({"exp":2e6,"nbf":1000060.001})"), "not yet valid");
    EXPECT_EQ(said_of_claims(R"({"exp":2e6,"nbf":-1})"), "");
}

TEST(claim_check, the_future_may_issue_unless_told_otherwise)
{
    EXPECT_EQ(said_of_claims(R"({"exp":3e6,"iat":2e6})"), "");
    rules asked;
    asked.future_issue_refused = true;
    EXPECT_EQ(said_of_claims(R"({"exp":3e6,"iat":2e6})", asked), "issued in the future");
    EXPECT_EQ(said_of_claims(R"({"exp":3e6,"iat":1000060})", asked), "");
    EXPECT_EQ(said_of_claims(R"({"exp":3e6})", asked), "");
}

TEST(claim_check, dates_are_numbers_within_the_year_9999)
{
    EXPECT_EQ(said_of_claims(R"({"exp":253402300799})"), "");
    EXPECT_EQ(said_of_claims(R"({"exp":-1})"), "expired");
    EXPECT_EQ(said_of_claims(R"({"exp":-0.5})"), "expired");
    for (const std::string_view date :
         {"253402300800", "-253402300800", "9223372036854775807", "9223372036854775808",
          "18446744073709551616", "1e300", "-1e300", "\"2000000\"", "null", "true", "[]", "{}",
          "\"\""})
        for (const std::string_view name : {"exp", "nbf", "iat"}) {
            const std::string claims = "{\"" + std::string(name) + "\":" + std::string(date) + "}";
            EXPECT_EQ(said_of_claims(claims), "malformed token") << claims;
        }
}

TEST(claim_check, one_of_the_issuers_is_named)
{
    rules asked;
    asked.issuers = {"https://a.example", "b"};
    EXPECT_EQ(said_of_claims(R"({"exp":2e6,"iss":"https://a.example"})", asked), "");
    EXPECT_EQ(said_of_claims(R"({"exp":2e6,"iss":"b"})", asked), "");
    EXPECT_EQ(said_of_claims(R"({"exp":2e6})", asked), "missing claim");
    for (const std::string_view issuer :
         {R"("https://a.example/")", R"("HTTPS://a.example")", R"("")", R"("b\u0000")", R"("a")"})
        EXPECT_EQ(said_of_claims(R"({"exp":2e6,"iss":)" + std::string(issuer) + "}", asked),
                  "wrong issuer");
    EXPECT_EQ(said_of_claims(R"({"exp":2e6,"iss":["b"]})", asked), "malformed token");
}

TEST(claim_check, one_of_the_audiences_is_named)
{
    rules asked;
    asked.audiences = {"chat", "mail"};
    EXPECT_EQ(said_of_claims(R"({"exp":2e6,"aud":"mail"})", asked), "");
    EXPECT_EQ(said_of_claims(R"({"exp":2e6,"aud":["x","chat"]})", asked), "");
    EXPECT_EQ(said_of_claims(R"({"exp":2e6})", asked), "missing claim");
    for (const std::string_view audience :
         {R"("")", R"("Chat")", R"("chat ")", R"([])", R"(["x","chats"])"})
        EXPECT_EQ(said_of_claims(R"({"exp":2e6,"aud":)" + std::string(audience) + "}", asked),
                  "wrong audience");
    for (const std::string_view audience :
         {"1", "null", R"({"chat":1})", R"(["chat",1])", R"([["chat"]])"})
        EXPECT_EQ(said_of_claims(R"({"exp":2e6,"aud":)" + std::string(audience) + "}", asked),
                  "malformed token");
}

TEST(claim_check, who_is_no_audience_takes_no_token_that_names_one)
{
    EXPECT_EQ(said_of_claims(R"({"exp":2e6,"aud":"mail"})"), "wrong audience");
    EXPECT_EQ(said_of_claims(R"({"exp":2e6,"aud":[]})"), "wrong audience");
}

TEST(claim_check, required_claims_say_something)
{
    rules asked;
    asked.required_claims = {"sub", "role"};
    EXPECT_EQ(said_of_claims(R"({"exp":2e6,"sub":"ada","role":0})", asked), "");
    for (const std::string_view claims :
         {R"({"exp":2e6,"sub":"ada"})", R"({"exp":2e6,"sub":"","role":1})",
          R"({"exp":2e6,"sub":"ada","role":null})"})
        EXPECT_EQ(said_of_claims(claims, asked), "missing claim") << claims;
}

TEST(claim_check, names_are_strings)
{
    for (const std::string_view claims : {R"({"exp":2e6,"sub":1})", R"({"exp":2e6,"sub":null})",
                                          R"({"exp":2e6,"iss":{}})", R"({"exp":2e6,"jti":[]})"})
        EXPECT_EQ(said_of_claims(claims), "malformed token") << claims;
}

} // namespace
} // namespace cresset::jwt
