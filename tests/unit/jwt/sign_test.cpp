#include "jwt/pem.hpp"
#include "jwt/sign.hpp"
#include "jwt/verifier.hpp"
#include "peer.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace cresset::jwt {
namespace {

constexpr std::chrono::system_clock::time_point sign_time{std::chrono::seconds(1'000'000)};
const boost::json::object signed_claims{
    {"sub", "ada \xf0\x9f\x94\xa5"}, {"exp", 1'000'100}, {"n", {1, {{"a", nullptr}}}}};

void expect_read(const key& with, const key& against, algorithm by)
{
    const std::string token = sign(signed_claims, with, by);
    const auto said = verifier(key_set({against})).verify(token, sign_time);
    ASSERT_TRUE(said) << to_string(by) << ": " << to_string(said.error());
    EXPECT_EQ(said->members, signed_claims);
    const auto read = read_token(token);
    EXPECT_EQ(read->key_id, with.id.empty() ? std::nullopt : std::optional(with.id));
}

TEST(sign, makes_tokens_that_are_verified)
{
    const tests::peers peers;
    for (const std::string id : {"", "a", "a \"quoted\" \xc3\xa4"}) {
        expect_read(read_secret(peers.secret, id), read_secret(peers.secret, id), algorithm::hs256);
        const auto each = [&](const tests::pkey_ptr& made, algorithm by) {
            expect_read(read_private_pem(tests::private_pem(made), id),
                        read_public_pem(tests::public_pem(made), id), by);
        };
        each(peers.rsa, algorithm::rs256);
        each(peers.rsa, algorithm::ps256);
        each(peers.p256, algorithm::es256);
        each(peers.ed25519, algorithm::eddsa);
    }
}

TEST(sign, needs_a_private_key)
{
    const tests::peers peers;
    const auto refuses = [](const tests::pkey_ptr& made, algorithm by) {
        EXPECT_THROW(sign(signed_claims, read_public_pem(tests::public_pem(made)), by),
                     crypto_error)
            << to_string(by);
    };
    refuses(peers.rsa, algorithm::rs256);
    refuses(peers.rsa, algorithm::ps256);
    refuses(peers.p256, algorithm::es256);
    refuses(peers.ed25519, algorithm::eddsa);
}

TEST(sign, needs_a_key_of_the_algorithm)
{
    const tests::peers peers;
    const key rsa = read_private_pem(tests::private_pem(peers.rsa));
    EXPECT_THROW(sign(signed_claims, rsa, algorithm::hs256), crypto_error);
    EXPECT_THROW(sign(signed_claims, rsa, algorithm::es256), crypto_error);
    EXPECT_THROW(sign(signed_claims, read_secret(peers.secret), algorithm::rs256), crypto_error);
}

TEST(sign, leaves_no_error_of_openssl_behind)
{
    const tests::peers peers;
    EXPECT_THROW(
        sign(signed_claims, read_public_pem(tests::public_pem(peers.p256)), algorithm::es256),
        crypto_error);
    EXPECT_EQ(ERR_peek_error(), 0u);
}

} // namespace
} // namespace cresset::jwt
