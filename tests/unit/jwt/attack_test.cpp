#include "attacks.hpp"
#include "jwt/pem.hpp"
#include "jwt/verifier.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace cresset::jwt {
namespace {

using tests::attack;
using tests::attacks;
using tests::now;

rules asked()
{
    rules made;
    made.issuers = {"https://issuer.example"};
    made.audiences = {"chat"};
    made.required_claims = {"sub"};
    return made;
}

std::vector<key> keys_of(const tests::peers& issuer)
{
    return {read_public_pem(tests::public_pem(issuer.rsa), "rsa"),
            read_public_pem(tests::public_pem(issuer.p256), "p256"),
            read_public_pem(tests::public_pem(issuer.ed25519), "ed25519"),
            read_secret(issuer.secret, "secret")};
}

// With ids and without, all keys and each alone, asking for much and for nothing.
std::vector<verifier> verifiers(const std::vector<key>& keys)
{
    std::vector<key> nameless = keys;
    for (key& each : nameless)
        each.id.clear();
    rules lax;
    lax.audiences = {"chat"};
    std::vector<verifier> made;
    made.emplace_back(key_set(nameless), asked());
    made.emplace_back(key_set(keys), asked());
    for (const key& each : nameless)
        made.emplace_back(key_set({each}), asked());
    made.emplace_back(key_set(), lax);
    return made;
}

TEST(attack, fails_for_its_own_reason)
{
    const attacks made;
    const verifier by(key_set(keys_of(made.issuer)), asked());
    for (const attack& each : made.all) {
        const auto said = by.verify(each.token, now);
        ASSERT_FALSE(said) << each.name;
        EXPECT_EQ(to_string(said.error()), to_string(each.why)) << each.name;
    }
}

TEST(attack, fails_whatever_the_keys)
{
    const attacks made;
    for (const verifier& by : verifiers(keys_of(made.issuer)))
        for (const attack& each : made.all)
            EXPECT_FALSE(by.verify(each.token, now)) << each.name;
}

// Else the others would show nothing.
TEST(attack, is_near_a_token_that_is_believed)
{
    const attacks made;
    const verifier by(key_set(keys_of(made.issuer)), asked());
    for (const std::string& token : made.honest()) {
        const auto said = by.verify(token, now);
        EXPECT_TRUE(said) << to_string(said.error());
    }
}

TEST(attack, is_one_of_many)
{
    const attacks made;
    std::set<std::string> names;
    for (const attack& each : made.all)
        EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_GE(names.size(), 40u);
    RecordProperty("attacks", static_cast<int>(names.size()));
}

} // namespace
} // namespace cresset::jwt
