// The examples of the standards, signed by others long ago.

#include "jwt/base64url.hpp"
#include "jwt/jwks.hpp"
#include "jwt/verifier.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace cresset::jwt {
namespace {

// Of RFC 7515, appendix A: {"iss":"joe", "exp":1300819380, "http://example.com/is_root":true}.
const std::string rfc_payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
                                "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

const std::string hs256 = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + rfc_payload +
                          ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const std::string hs256_key =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

const std::string rs256 =
    "eyJhbGciOiJSUzI1NiJ9." + rfc_payload +
    ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1"
    "L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYE"
    "UipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const std::string rs256_key =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJ)"
    "rcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf"
    "63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT"
    "6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\","
    R"("e":"AQAB"})";

const std::string es256 = "eyJhbGciOiJFUzI1NiJ9." + rfc_payload +
                          ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxf"
                          "KTUJqPP3-Kg6NU1Q";
const std::string es256_key = R"({"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

// RFC 8037, appendix A.4; what it says is text, no JSON.
const std::string eddsa =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3"
    "AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
const std::string eddsa_key =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";

constexpr std::chrono::system_clock::time_point then{std::chrono::seconds(1300819380)};

std::vector<key> keys_of(const std::string& jwk)
{
    return read_jwks(R"({"keys":[)" + jwk + "]}").keys;
}

void expect_root(const key_set& keys, const std::string& token)
{
    const verifier by(keys);
    const auto said = by.verify(token, then);
    ASSERT_TRUE(said) << to_string(said.error());
    EXPECT_EQ(said->members.at("iss"), "joe");
    EXPECT_EQ(said->members.at("http://example.com/is_root"), true);
    EXPECT_EQ(by.verify(token, then + std::chrono::seconds(60)).error(), refusal::expired);
    std::string changed = token;
    changed[changed.size() - 10] ^= 1;
    EXPECT_EQ(by.verify(changed, then).error(), refusal::bad_signature);
}

TEST(rfc, example_of_hs256)
{
    expect_root(key_set({read_secret(*base64url_decode(hs256_key))}), hs256);
}

TEST(rfc, example_of_rs256)
{
    expect_root(key_set(keys_of(rs256_key)), rs256);
}

TEST(rfc, example_of_es256)
{
    expect_root(key_set(keys_of(es256_key)), es256);
}

TEST(rfc, example_of_eddsa)
{
    const std::vector<key> keys = keys_of(eddsa_key);
    ASSERT_EQ(keys.size(), 1u);
    const auto token = read_token(eddsa);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->payload, "Example of Ed25519 signing");
    EXPECT_TRUE(keys[0].has_signed(*token, algorithm::eddsa));
    EXPECT_EQ(verifier(key_set(keys)).verify(eddsa, then).error(), refusal::malformed);
}

// RFC 7515, appendix A.5.
TEST(rfc, example_without_a_signature)
{
    const verifier by(key_set(keys_of(rs256_key)));
    EXPECT_EQ(by.verify("eyJhbGciOiJub25lIn0." + rfc_payload + ".", then).error(),
              refusal::malformed);
}

} // namespace
} // namespace cresset::jwt
