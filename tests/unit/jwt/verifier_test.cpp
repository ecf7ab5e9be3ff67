#include "jwt/pem.hpp"
#include "jwt/verifier.hpp"
#include "peer.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <thread>
#include <vector>

namespace cresset::jwt {
namespace {

using tests::token_of;

constexpr std::chrono::system_clock::time_point verify_time{std::chrono::seconds(1'000'000)};
constexpr std::string_view ada_claims = R"({"sub":"ada","exp":1000100})";

std::string_view said_of(const verifier& by, const std::string& token)
{
    const auto said = by.verify(token, verify_time);
    return said ? "" : to_string(said.error());
}

class verifier_test : public testing::Test
{
protected:
    key public_key(const tests::pkey_ptr& made, const std::string& id = "") const
    {
        return read_public_pem(tests::public_pem(made), id);
    }

    std::string by_p256(const std::string& header) const
    {
        return token_of(header, ada_claims, peers.p256, algorithm::es256);
    }

    tests::peers peers;
};

TEST_F(verifier_test, believes_what_each_algorithm_signed)
{
    const verifier by(key_set({public_key(peers.rsa), public_key(peers.p256),
                               public_key(peers.ed25519), read_secret(peers.secret)}));
    EXPECT_EQ(said_of(by, token_of(R"({"alg":"RS256"})", ada_claims, peers.rsa, algorithm::rs256)),
              "");
    EXPECT_EQ(said_of(by, token_of(R"({"alg":"PS256"})", ada_claims, peers.rsa, algorithm::ps256)),
              "");
    EXPECT_EQ(said_of(by, token_of(R"({"alg":"ES256"})", ada_claims, peers.p256, algorithm::es256)),
              "");
    EXPECT_EQ(
        said_of(by, token_of(R"({"alg":"EdDSA"})", ada_claims, peers.ed25519, algorithm::eddsa)),
        "");
    EXPECT_EQ(said_of(by, token_of(R"({"alg":"HS256"})", ada_claims, peers.secret)), "");
}

TEST_F(verifier_test, tells_what_the_token_says)
{
    const verifier by(key_set({public_key(peers.p256)}));
    const auto said = by.verify(by_p256(R"({"alg":"ES256"})"), verify_time);
    ASSERT_TRUE(said);
    EXPECT_EQ(said->members.at("sub"), "ada");
    EXPECT_EQ(said->expiry, instant(std::chrono::seconds(1'000'100)));
}

TEST_F(verifier_test, takes_only_the_algorithms_it_is_told)
{
    rules asked;
    asked.algorithms = {algorithm::ps256, algorithm::hs256};
    const verifier by(key_set({public_key(peers.rsa), public_key(peers.p256)}), asked);
    EXPECT_EQ(said_of(by, token_of(R"({"alg":"PS256"})", ada_claims, peers.rsa, algorithm::ps256)),
              "");
    EXPECT_EQ(said_of(by, token_of(R"({"alg":"RS256"})", ada_claims, peers.rsa, algorithm::rs256)),
              "algorithm not allowed");
    EXPECT_EQ(said_of(by, by_p256(R"({"alg":"ES256"})")), "algorithm not allowed");
    // Allowed, but there is no secret that it could be with.
    EXPECT_EQ(said_of(by, token_of(R"({"alg":"HS256"})", ada_claims, tests::public_pem(peers.rsa))),
              "algorithm not allowed");
}

TEST_F(verifier_test, goes_by_the_key_id)
{
    const tests::pkey_ptr other(EVP_EC_gen("P-256"));
    const verifier by(key_set({public_key(other, "old"), public_key(peers.p256, "new")}));
    EXPECT_EQ(said_of(by, by_p256(R"({"alg":"ES256","kid":"new"})")), "");
    EXPECT_EQ(said_of(by, by_p256(R"({"alg":"ES256"})")), "");
    EXPECT_EQ(said_of(by, by_p256(R"({"alg":"ES256","kid":"old"})")), "bad signature");
    EXPECT_EQ(said_of(by, by_p256(R"({"alg":"ES256","kid":"newer"})")), "unknown key");
}

TEST_F(verifier_test, a_new_key_id_may_be_of_a_key_that_is_not_known_yet)
{
    const tests::pkey_ptr other(EVP_EC_gen("P-256"));
    const verifier by(key_set({public_key(other)}));
    EXPECT_EQ(said_of(by, by_p256(R"({"alg":"ES256","kid":"new"})")), "unknown key");
    EXPECT_EQ(said_of(by, by_p256(R"({"alg":"ES256"})")), "bad signature");
    EXPECT_EQ(said_of(verifier(key_set({public_key(peers.p256)})),
                      by_p256(R"({"alg":"ES256","kid":"new"})")),
              "");
}

TEST_F(verifier_test, an_issuer_may_change_to_another_kind_of_key)
{
    const std::string token = by_p256(R"({"alg":"ES256","kid":"new"})");
    EXPECT_EQ(said_of(verifier(key_set({public_key(peers.rsa, "old")})), token), "unknown key");
    EXPECT_EQ(said_of(verifier(key_set()), token), "unknown key");
    EXPECT_EQ(said_of(verifier(key_set({public_key(peers.p256, "new")})), token), "");
}

TEST_F(verifier_test, what_the_header_says_beside_it_means_nothing)
{
    const verifier by(key_set({public_key(peers.p256)}));
    EXPECT_EQ(
        said_of(by,
                by_p256(R"({"alg":"ES256","jku":"https://a.example","x5t":1,"x":{"alg":"none"}})")),
        "");
}

TEST_F(verifier_test, has_a_limit_of_its_own_for_size)
{
    rules asked;
    const std::string token = by_p256(R"({"alg":"ES256"})");
    asked.token_bytes_max = token.size();
    EXPECT_EQ(said_of(verifier(key_set({public_key(peers.p256)}), asked), token), "");
    asked.token_bytes_max = token.size() - 1;
    EXPECT_EQ(said_of(verifier(key_set({public_key(peers.p256)}), asked), token),
              "token too large");
}

TEST_F(verifier_test, says_nothing_of_claims_that_nobody_signed)
{
    const verifier by(key_set({public_key(peers.p256)}));
    for (const std::string_view payload : {"no json", R"({"exp":1})", R"({"exp":2e6,"aud":"x"})"})
        EXPECT_EQ(said_of(by, tests::with(tests::encoded(R"({"alg":"ES256"})", payload),
                                          std::string(64, 's'))),
                  "bad signature");
}

TEST_F(verifier_test, notices_each_bit_that_changed)
{
    const verifier by(key_set({public_key(peers.ed25519), read_secret(peers.secret)}));
    for (const std::string& token :
         {token_of(R"({"alg":"EdDSA"})", ada_claims, peers.ed25519, algorithm::eddsa),
          token_of(R"({"alg":"HS256"})", ada_claims, peers.secret)}) {
        ASSERT_EQ(said_of(by, token), "");
        for (std::size_t i = 0; i < token.size() * 8; ++i) {
            std::string changed = token;
            changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
            EXPECT_NE(said_of(by, changed), "") << i;
        }
        for (std::size_t size = 0; size < token.size(); ++size)
            EXPECT_NE(said_of(by, token.substr(0, size)), "") << size;
    }
}

TEST_F(verifier_test, leaves_no_error_of_openssl_behind)
{
    const verifier by(
        key_set({public_key(peers.rsa), public_key(peers.p256), public_key(peers.ed25519)}));
    for (const auto& [header, size] : {std::pair(R"({"alg":"RS256"})", 256u),
                                       {R"({"alg":"PS256"})", 256u},
                                       {R"({"alg":"ES256"})", 64u},
                                       {R"({"alg":"EdDSA"})", 64u}}) {
        const std::string token =
            tests::with(tests::encoded(header, ada_claims), std::string(size, 's'));
        EXPECT_EQ(said_of(by, token), "bad signature");
        EXPECT_EQ(ERR_peek_error(), 0u) << header;
    }
}

TEST_F(verifier_test, serves_many_threads)
{
    const verifier by(key_set({public_key(peers.rsa), public_key(peers.p256),
                               public_key(peers.ed25519), read_secret(peers.secret)}));
    const std::string good[] = {
        token_of(R"({"alg":"RS256"})", ada_claims, peers.rsa, algorithm::rs256),
        token_of(R"({"alg":"PS256"})", ada_claims, peers.rsa, algorithm::ps256),
        by_p256(R"({"alg":"ES256"})"),
        token_of(R"({"alg":"EdDSA"})", ada_claims, peers.ed25519, algorithm::eddsa),
        token_of(R"({"alg":"HS256"})", ada_claims, peers.secret)};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 20; ++round)
                for (const std::string& token : good) {
                    EXPECT_EQ(said_of(by, token), "");
                    EXPECT_NE(said_of(by, token + "AA"), "");
                }
        });
    for (std::thread& each : threads)
        each.join();
}

} // namespace
} // namespace cresset::jwt
