#include "jwt/base64url.hpp"
#include "jwt/jwks.hpp"

#include <boost/algorithm/hex.hpp>
#include <gtest/gtest.h>

#include <cresset/errors.hpp>
#include <string>
#include <vector>

namespace cresset::jwt {
namespace {

// Members of keys of RFC 7515, appendix A.3, and RFC 8037, appendix A.2.
const std::string p256 =
    R"("kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")";
const std::string ed25519 =
    R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";

std::string rsa(const std::string& modulus, std::string_view exponent = "AQAB")
{
    return R"("kty":"RSA","n":")" + base64url_encode(modulus) + R"(","e":")" +
           std::string(exponent) + '"';
}

// Odd, and of so many bits.
std::string modulus(std::size_t bits)
{
    std::string bytes((bits + 7) / 8, '\xff');
    bytes[0] = static_cast<char>(0xff >> (bytes.size() * 8 - bits));
    return bytes;
}

jwks read(const std::string& keys)
{
    return read_jwks(R"({"keys":[)" + keys + "]}");
}

std::string object(const std::string& members, const std::string& more = "")
{
    return "{" + members + (more.empty() ? "" : ",") + more + "}";
}

// Why the one key is skipped; "" if it isn't.
std::string skipped(const std::string& key)
{
    const jwks found = read(key);
    EXPECT_EQ(found.keys.size() + found.skipped.size(), 1u);
    return found.skipped.empty() ? "" : found.skipped[0];
}

TEST(jwks, has_keys_of_three_kinds)
{
    const jwks found = read(object(rsa(modulus(2048)), R"("kid":"a","alg":"PS256","use":"sig")") +
                            ',' + object(p256, R"("kid":"b","key_ops":["sign","verify"])") + ',' +
                            object(ed25519, R"("x5c":1,"another":[])"));
    EXPECT_TRUE(found.skipped.empty());
    ASSERT_EQ(found.keys.size(), 3u);
    EXPECT_EQ(found.keys[0].id, "a");
    EXPECT_EQ(found.keys[0].only, algorithm::ps256);
    EXPECT_FALSE(found.keys[0].fits(algorithm::rs256));
    EXPECT_EQ(found.keys[1].id, "b");
    EXPECT_TRUE(found.keys[1].fits(algorithm::es256));
    EXPECT_EQ(found.keys[2].id, "");
    EXPECT_TRUE(found.keys[2].fits(algorithm::eddsa));
}

TEST(jwks, skips_keys_for_something_else)
{
    for (const std::string more :
         {R"("use":"enc")", R"("use":1)", R"("use":"")", R"("key_ops":["sign"])", R"("key_ops":[])",
          R"("key_ops":"verify")", R"("alg":"ES384")", R"("alg":"RS256")", R"("alg":"HS256")",
          R"("alg":"es256")", R"("alg":null)", R"("kid":1)", R"("kid":"")",
          R"("use":"sig","key_ops":["deriveKey"])"})
        EXPECT_NE(skipped(object(p256, more)), "") << more;
}

TEST(jwks, skips_keys_that_it_does_not_know)
{
    for (const std::string key :
         {R"({})", R"(1)", R"("key")", R"([])", R"(null)", R"({"kty":"EC"})", R"({"kty":"ec"})",
          R"({"kty":1})", R"({"kty":"AKP","alg":"ML-DSA-44","pub":"AA"})",
          R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})",
          R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"})
        EXPECT_NE(skipped(key), "") << key;
    const jwks found = read(R"({"kty":"new"},)" + object(p256));
    EXPECT_EQ(found.keys.size(), 1u);
    ASSERT_EQ(found.skipped.size(), 1u);
    EXPECT_EQ(found.skipped[0], "key 1: a key of an unknown kind");
}

TEST(jwks, skips_what_is_no_secret_any_more)
{
    EXPECT_NE(
        skipped(R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75"})"),
        "");
    EXPECT_NE(skipped(object(p256, R"("d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")")), "");
}

TEST(jwks, takes_rsa_keys_of_2048_to_8192_bits)
{
    EXPECT_EQ(skipped(object(rsa(modulus(2048)))), "");
    EXPECT_EQ(skipped(object(rsa(modulus(2049)))), "");
    EXPECT_EQ(skipped(object(rsa(modulus(8192)))), "");
    EXPECT_NE(skipped(object(rsa(modulus(2047)))), "");
    EXPECT_NE(skipped(object(rsa(modulus(1024)))), "");
    EXPECT_NE(skipped(object(rsa(modulus(8193)))), "");
}

TEST(jwks, takes_no_rsa_keys_that_protect_nothing)
{
    EXPECT_EQ(skipped(object(rsa(modulus(2048), "Aw"))), "");           // 3
    EXPECT_NE(skipped(object(rsa(modulus(2048), "AQ"))), "");           // 1
    EXPECT_NE(skipped(object(rsa(modulus(2048), "AA"))), "");           // 0
    EXPECT_NE(skipped(object(rsa(modulus(2048), "AAAB"))), "");         // 1 behind zeros
    EXPECT_NE(skipped(object(rsa(modulus(2048), "BA"))), "");           // even
    EXPECT_NE(skipped(object(rsa(modulus(2048), "AQAAAAAAAAAB"))), ""); // 9 bytes
    EXPECT_NE(skipped(object(rsa(modulus(2048), ""))), "");
    EXPECT_NE(skipped(object(rsa(std::string(1, '\0') + modulus(2048)))), "");
    EXPECT_NE(skipped(object(rsa(std::string(256, '\0')))), "");
    std::string even = modulus(2048);
    even.back() = '\xfe';
    EXPECT_NE(skipped(object(rsa(even))), "");
}

TEST(jwks, takes_points_of_the_curve_only)
{
    const auto with = [](std::string_view x, std::string_view y) {
        return R"({"kty":"EC","crv":"P-256","x":")" + std::string(x) + R"(","y":")" +
               std::string(y) + "\"}";
    };
    const std::string zero = base64url_encode(std::string(32, '\0'));
    const std::string x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const std::string y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    EXPECT_EQ(skipped(with(x, y)), "");
    EXPECT_NE(skipped(with(y, x)), "");
    EXPECT_NE(skipped(with(x, zero)), "");
    EXPECT_NE(skipped(with(zero, zero)), "");
    EXPECT_NE(skipped(with(x, base64url_encode(std::string(32, '\xff')))), "");
    EXPECT_NE(skipped(with(x, y + "AA")), "");
    EXPECT_NE(skipped(with(x, "")), "");
    EXPECT_NE(skipped(with(x + "=", y)), "");
}

TEST(jwks, takes_ed25519_keys_of_32_bytes)
{
    for (const std::size_t size : {0u, 1u, 31u, 33u, 64u})
        EXPECT_NE(skipped(R"({"kty":"OKP","crv":"Ed25519","x":")" +
                          base64url_encode(std::string(size, 'x')) + "\"}"),
                  "");
}

// The points of order 1, 2, 4 and 8, and other texts of the same.
TEST(jwks, takes_no_ed25519_keys_with_which_anybody_could_sign)
{
    const auto key = [](std::string point) {
        return R"({"kty":"OKP","crv":"Ed25519","x":")" + base64url_encode(point) + "\"}";
    };
    std::vector<std::string> points;
    for (const unsigned y : {0u, 1u})
        points.push_back(static_cast<char>(y) + std::string(31, '\0'));
    for (const unsigned y : {0xecu, 0xedu, 0xeeu}) // -1, and 0 and 1 beyond the prime
        points.push_back(static_cast<char>(y) + std::string(30, '\xff') + '\x7f');
    points.push_back(boost::algorithm::unhex(
        std::string("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")));
    points.push_back(boost::algorithm::unhex(
        std::string("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")));
    for (std::string point : points) {
        EXPECT_NE(skipped(key(point)), "");
        point.back() = static_cast<char>(point.back() ^ 0x80);
        EXPECT_NE(skipped(key(point)), "");
    }
}

TEST(jwks, may_be_empty)
{
    EXPECT_TRUE(read("").keys.empty());
}

TEST(jwks, is_an_object_with_an_array)
{
    for (const std::string_view text :
         {"", "[]", "{}", R"({"keys":{}})", R"({"keys":null})", R"({"keys":[]}x)",
          R"({"keys":[],"keys":[]})", R"({"keys":[{"kty":"a","kty":"EC"}]})"})
        EXPECT_THROW(read_jwks(text), crypto_error) << text;
}

TEST(jwks, has_a_bound)
{
    std::string keys;
    for (std::size_t i = 1; i < jwks_keys_max; ++i)
        keys += "{},";
    EXPECT_EQ(read(keys + object(p256)).keys.size(), 1u);
    EXPECT_THROW(read(keys + "{}," + object(p256)), crypto_error);
    EXPECT_THROW(read_jwks(R"({"keys":[]})" + std::string(jwks_bytes_max, ' ')), crypto_error);
}

TEST(jwks, says_nothing_of_a_key_that_it_skips)
{
    EXPECT_EQ(skipped(R"({"kty":"s3cr3t","k":"s3cr3t","use":"s3cr3t"})").find("s3cr3t"),
              std::string::npos);
}

} // namespace
} // namespace cresset::jwt
