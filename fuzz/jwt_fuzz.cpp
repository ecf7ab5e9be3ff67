// Nothing is believed but what the keys' owners signed: of an input as a token, those of the seeds,
// byte for byte; and of an input as claims that are signed here, what simdjson reads in the same
// way.

#include "expect.hpp"
#include "json_parser.hpp"
#include "jwt/base64url.hpp"
#include "jwt/jwks.hpp"
#include "jwt/verifier.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace cresset;
using fuzz::expect;
namespace dom = fuzz::dom;

constexpr std::string_view secret = "the secret of the fuzz target, which no input needs to know";

constexpr std::string_view public_keys =
    R"({"keys":[{"kty":"RSA","n":"rNe2q-qbLQVhooM672rhWcPWTlrCs9N3_Dxbj67tQl9J_BBPtf_sBia2tsMtN)"
    R"(5pH1auCDIvZUAMbRL2ubFUpoqow48uMtX2yaeLsm4bhxhKwoe5cstJDJmLcprEYxwtBYsJwDgZUaofAO7xI_5XTL)"
    R"(75vjvziUATo6k30JJSv-_JEJtrb3QJEXhtkVav_JBwtBoeMjmBmj9bDDfmtOk9wKERu6dShsxe_NtsUxfAbRatfv)"
    R"(eBpISILwwkAa1JiDKndGGjCGUhSV31MAZ0selg2g15BIgxTFIWwaFnSR7PDmxXBFZsOEqetXpo6aW2jdKnyp4Iu3)"
    R"(66B4Hf1E6KSMoIAwQ","e":"AQAB","kid":"rsa"},{"kty":"EC","x":"sdgAb6mrbMSzMM0mzipvrc_rVnx-)"
    R"(mkpqlNZLojnbFY8","y":"A05LvLEOp-dUd0iG4NiwAndXqR64bf_ehtiQ4coB-nA","crv":"P-256","kid":")"
    R"(p256"},{"crv":"Ed25519","x":"Te3P6q-VsP2lhcadALI8p7vXQidP0NhVMSiSrixjao8","kty":"OKP","k)"
    R"(id":"ed25519"}]})";

// What the owners of these keys signed. The seeds are the same.
constexpr std::string_view signed_by_owners[] = {
    "eyJhbGciOiJIUzI1NiIsImtpZCI6InNlY3JldCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjEwMDAxMDB9.vKfxKKYEm9"
    "fEc2qHU9B2i7WY4pGj3GHrRHd2S2v6BWY",
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhZGEiLCJleHAiOjEwMDAxMDB9.Z6B3MrROKMS5ZZ"
    "ijG08UTXltXOPQfNrHv1rgXSC_4bvb2baKlH8Tu4r0JUZPqfVqZSg1iTCGKl4FNIuZyZYY7XGMk_ckXoVuXBK0NA"
    "shPdIrh4EmqVRmjgRx-Jg7lUa7T9hRPAKAci4aYtXCENDeJs2ivSLVkv5vTrJFC8_Kiv0Isx8kx5UKqdSACyV8Jv"
    "J1tIHtWJFA2Z1PCpNy5XaCLp95SaHfQnjCbLXTjKwK6XzNooCI-f1958z2YdcFXqDBtWkExiD0k15FHo2z5LFIl8"
    "bplbMF6exlxWWo_F6v2jzwZnE5DSkJYUr7Jmyz582B2Q0b2fZi4Br441Hi8MdoaQ",
    "eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJhZGEiLCJleHAiOjEwMDAxMDB9.TK-WBQJh2-g_CH"
    "2hrp48JbMPWn4RlIKVaZvwrgAths85JNmvj8Qs7aahsynDEie33JzfkIR_lO_6UeLsXDwYVshbkYqwqScAIApIXg"
    "FAEFcVkHmMIZew7c_xTUzLIhXqANnvyGAuKDkvbHOb3YrpA2Rn3fCL6jw7IWUISOX6d7B2enYxa0kiFwLCod1CvW"
    "X2ziekKNyenBrhfjTWV0xpDtC3anQLK8facTt4aPrHuN_wZq-ls_VveZdlXoHQTxP3GuBKm0rxNxSQXd9caZIzW9"
    "gdXX2ra72GC3XM00Gx-WLmVLOcGa1BC-TQKbStxEqUXius2A-L4hOHhN1BycLSHg",
    "eyJhbGciOiJFUzI1NiIsImtpZCI6InAyNTYifQ.eyJzdWIiOiJhZGEiLCJleHAiOjEwMDAxMDB9.tpxS_TaCg0xl"
    "FZawWfzyMKBhSKP1ddxGViDi1H11BJK4Fgr8qG3AE6NDYxD6bvB2AOt_gFbY6PCtRMehjSwrWA",
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkMjU1MTkifQ.eyJzdWIiOiJhZGEiLCJleHAiOjEwMDAxMDB9.E_zyDbrT"
    "sNa5NMf5RI25JzDc4Q-X-d_vnPLqPjGiKjfCxM8YnBeG0zXDtehnD27nnl4WxaNqGtI0HDwAmjvaAA"};

constexpr std::chrono::system_clock::time_point now{std::chrono::seconds(1'000'000)};

std::vector<jwt::key> all_keys()
{
    std::vector<jwt::key> keys = jwt::read_jwks(public_keys).keys;
    expect(keys.size() == 3, "the keys of the target are good");
    keys.push_back(jwt::read_secret(secret, "secret"));
    return keys;
}

const jwt::verifier& verifier()
{
    static const jwt::verifier made = [] {
        jwt::verifier all{jwt::key_set(all_keys())};
        for (const std::string_view token : signed_by_owners)
            expect(bool(all.verify(token, now)), "what the owners signed is believed");
        return all;
    }();
    return made;
}

std::string sign(std::string_view claims)
{
    const std::string text = "eyJhbGciOiJIUzI1NiJ9." + jwt::base64url_encode(claims);
    std::string code(32, '\0');
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(code.data()), nullptr);
    return text + '.' + jwt::base64url_encode(code);
}

void check_token(std::string_view token)
{
    if (verifier().verify(token, now))
        expect(std::ranges::find(signed_by_owners, token) != std::end(signed_by_owners),
               "nobody believes what nobody signed");
}

void check_claims(std::string_view claims)
{
    const auto said = verifier().verify(sign(claims), now);
    if (!said)
        return;
    dom::parser parser;
    dom::element read;
    const auto error = parser.parse(claims).get(read);
    expect(!error || fuzz::may_refuse(claims, error), "believed claims are JSON");
    if (error)
        return;
    double expiry = 0;
    expect(read["exp"].get(expiry) == simdjson::SUCCESS, "they say when they end");
    expect(expiry > 1'000'000 - 61 && expiry < 253402300800.0, "and that is to come");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_token(text);
    if (size != 0)
        check_claims(text);
    return 0;
}
