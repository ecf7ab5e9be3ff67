#pragma once

#include "jwt/refusal.hpp"
#include "peer.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What has been tried on verifiers of tokens elsewhere (RFC 8725, and the advisories behind it).
namespace cresset::jwt::tests {

constexpr std::chrono::system_clock::time_point now{std::chrono::seconds(1'000'000)};

constexpr std::string_view good_claims =
    R"({"iss":"https://issuer.example","aud":"chat","sub":"ada","exp":1000100})";

inline std::string replaced(std::string_view text, std::string_view what, std::string_view by)
{
    return std::string(text).replace(text.find(what), what.size(), by);
}

// A token near a good one, which nobody may believe.
struct attack
{
    std::string name;
    std::string token;
    refusal why; // by a verifier with all keys
};

// Who attacks: knows all public keys, has keys of their own, and tokens that were signed for them.
class attacks
{
public:
    attacks()
    {
        algorithms();
        confusions();
        keys_in_headers();
        key_ids();
        signatures();
        ecdsa();
        rsa();
        eddsa();
        forms();
        headers();
        claims();
    }

    const peers issuer;
    std::vector<attack> all;

    // Good ones, by each key.
    std::vector<std::string> honest() const
    {
        return {
            token_of(R"({"alg":"RS256","kid":"rsa"})", good_claims, issuer.rsa, algorithm::rs256),
            token_of(R"({"alg":"PS256","kid":"rsa"})", good_claims, issuer.rsa, algorithm::ps256),
            token_of(R"({"alg":"ES256","kid":"p256"})", good_claims, issuer.p256, algorithm::es256),
            token_of(R"({"alg":"EdDSA","kid":"ed25519"})", good_claims, issuer.ed25519,
                     algorithm::eddsa),
            token_of(R"({"alg":"HS256","kid":"secret"})", good_claims, issuer.secret)};
    }

private:
    void add(std::string name, std::string token, refusal why)
    {
        all.push_back({std::move(name), std::move(token), why});
    }

    // Signed by the issuer's key, as it should be.
    std::string issued(std::string_view header, std::string_view payload = good_claims) const
    {
        return token_of(header, payload, issuer.p256, algorithm::es256);
    }

    std::string issued_claims(std::string_view payload) const
    {
        return issued(R"({"alg":"ES256","kid":"p256"})", payload);
    }

    std::string by_attacker(std::string_view header) const
    {
        return token_of(header, good_claims, own_, algorithm::es256);
    }

    void algorithms();
    void confusions();
    void keys_in_headers();
    void key_ids();
    void signatures();
    void ecdsa();
    void rsa();
    void eddsa();
    void forms();
    void headers();
    void claims();

    const pkey_ptr own_{EVP_EC_gen("P-256")};
};

} // namespace cresset::jwt::tests
