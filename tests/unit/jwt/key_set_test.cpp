#include "jwt/key_set.hpp"
#include "jwt/pem.hpp"
#include "peer.hpp"

#include <gtest/gtest.h>

namespace cresset::jwt {
namespace {

const std::optional<std::string> no_id;

key new_p256(const std::string& id)
{
    return read_public_pem(tests::public_pem(tests::pkey_ptr(EVP_EC_gen("P-256"))), id);
}

key new_ed25519(const std::string& id)
{
    const tests::pkey_ptr made(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    return read_public_pem(tests::public_pem(made), id);
}

key new_secret(const std::string& id = "")
{
    return read_secret(std::string(32, 's'), id);
}

std::vector<key> same(std::size_t count, const std::string& id)
{
    std::vector<key> keys;
    for (std::size_t i = 0; i < count; ++i)
        keys.push_back(new_p256(id));
    return keys;
}

TEST(key_set, finds_the_key_of_an_id)
{
    const key_set keys({new_p256("a"), new_p256("b"), new_p256("")});
    const auto found = keys.find("b", algorithm::es256);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ((*found)[0], &keys.keys()[1]);
}

TEST(key_set, tells_when_it_does_not_know_an_id)
{
    const key_set keys({new_p256("a"), new_p256("b")});
    for (const std::string id : {"c", "", "A", "a ", "../a", "a' or '1'='1"})
        EXPECT_EQ(keys.find(id, algorithm::es256).error(), refusal::unknown_key) << id;
    EXPECT_EQ(key_set().find("a", algorithm::es256).error(), refusal::unknown_key);
    EXPECT_EQ(key_set().find(no_id, algorithm::es256).error(), refusal::unknown_key);
}

TEST(key_set, a_key_without_an_id_fits_any)
{
    const key_set keys({new_p256("a"), new_p256("")});
    const auto found = keys.find("c", algorithm::es256);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ((*found)[0], &keys.keys()[1]);
}

TEST(key_set, a_known_key_is_for_its_own_algorithm_only)
{
    const key_set keys({new_p256("a"), new_ed25519("b"), new_secret("c")});
    EXPECT_EQ(keys.find("a", algorithm::eddsa).error(), refusal::algorithm_not_allowed);
    EXPECT_EQ(keys.find("a", algorithm::hs256).error(), refusal::algorithm_not_allowed);
    EXPECT_EQ(keys.find("c", algorithm::es256).error(), refusal::algorithm_not_allowed);
    EXPECT_EQ(keys.find("b", algorithm::es256).error(), refusal::algorithm_not_allowed);
}

TEST(key_set, without_an_id_all_that_fit_are_found)
{
    const key_set keys({new_p256("a"), new_ed25519("b"), new_p256("c"), new_secret()});
    EXPECT_EQ(keys.find(no_id, algorithm::es256)->size(), 2u);
    EXPECT_EQ(keys.find(no_id, algorithm::eddsa)->size(), 1u);
    EXPECT_EQ(keys.find(no_id, algorithm::hs256)->size(), 1u);
    EXPECT_EQ(keys.find(no_id, algorithm::rs256).error(), refusal::unknown_key);
}

TEST(key_set, keys_may_share_an_id)
{
    const key_set keys({new_p256("a"), new_ed25519("a"), new_p256("a")});
    EXPECT_EQ(keys.find("a", algorithm::es256)->size(), 2u);
    EXPECT_EQ(keys.find("a", algorithm::eddsa)->size(), 1u);
}

TEST(key_set, only_so_many_are_tried)
{
    EXPECT_EQ(key_set(same(tries_max, "a")).find("a", algorithm::es256)->size(), tries_max);
    for (const std::string id : {"", "a"}) {
        const key_set keys(same(tries_max + 1, id));
        EXPECT_EQ(keys.find("a", algorithm::es256).error(), refusal::ambiguous_key);
        EXPECT_EQ(keys.find(no_id, algorithm::es256).error(), refusal::ambiguous_key);
    }
}

TEST(key_set, leaves_secrets_and_public_keys_apart)
{
    const key_set secrets({new_secret()});
    EXPECT_TRUE(secrets.may_use(algorithm::hs256));
    EXPECT_FALSE(secrets.may_use(algorithm::es256));
    const key_set public_keys({new_p256("")});
    EXPECT_FALSE(public_keys.may_use(algorithm::hs256));
    EXPECT_TRUE(public_keys.may_use(algorithm::es256));
    EXPECT_TRUE(public_keys.may_use(algorithm::rs256)); // the issuer's next key
    EXPECT_TRUE(key_set().may_use(algorithm::es256));
    EXPECT_FALSE(key_set().may_use(algorithm::hs256));
}

} // namespace
} // namespace cresset::jwt
