#include "crypto/base64.hpp"
#include "crypto/key_agreement.hpp"
#include "keys.hpp"
#include "support/octets.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

namespace cresset::crypto {
namespace {

std::string hex_of(const aes_key& key)
{
    return tests::to_hex({reinterpret_cast<const char*>(key.data()), key.size()});
}

std::string encoded(const p256::key_pair& pair)
{
    return base64_encode(pair.public_point());
}

p256::key_pair pair_of(std::string_view scalar)
{
    return p256::key_pair(tests::p256_pem(scalar));
}

const std::string scalar_i = "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433";
const std::string scalar_r = "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53";

// The keys of RFC 5903, section 8.1, a salt of 0 to 31; the rest was computed with Node's crypto.
TEST(agree_on_key, derives_the_key_of_another_implementation)
{
    std::string salt;
    for (char c = 0; c < 32; ++c)
        salt += c;
    const auto ours = pair_of(scalar_i);
    const auto theirs = read_public_key(encoded(pair_of(scalar_r)));
    EXPECT_EQ(hex_of(agree_on_key(ours, theirs, salt, default_hkdf_info)),
              "e10d24d74b3c5047a01623b589df7b8fcf14450091c9e3bc2d45e4529d5addb4");
}

TEST(key_agreement, gives_both_sides_one_key)
{
    const key_agreement server{p256::key_pair()};
    const p256::key_pair client;
    const auto [key, salt] = server.with(encoded(client));
    EXPECT_EQ(base64_decode(salt)->size(), 32U);
    const auto server_key = read_public_key(server.public_key());
    EXPECT_EQ(hex_of(key),
              hex_of(agree_on_key(client, server_key, *base64_decode(salt), default_hkdf_info)));
}

TEST(key_agreement, gives_a_client_that_comes_again_another_key)
{
    const key_agreement server{p256::key_pair()};
    const std::string client = encoded(p256::key_pair());
    std::set<std::string> keys, salts;
    for (int i = 0; i < 20; ++i) {
        const auto agreed = server.with(client);
        EXPECT_TRUE(keys.insert(hex_of(agreed.key)).second);
        EXPECT_TRUE(salts.insert(agreed.salt).second);
    }
}

TEST(key_agreement, depends_on_the_info)
{
    const p256::key_pair client;
    const key_agreement server{pair_of(scalar_i), "another protocol"};
    const auto [key, salt] = server.with(encoded(client));
    const auto server_key = read_public_key(server.public_key());
    const std::string bytes = *base64_decode(salt);
    EXPECT_EQ(hex_of(key), hex_of(agree_on_key(client, server_key, bytes, "another protocol")));
    EXPECT_NE(hex_of(key), hex_of(agree_on_key(client, server_key, bytes, default_hkdf_info)));
}

TEST(key_agreement, has_the_public_half_of_its_key)
{
    EXPECT_EQ(key_agreement{pair_of(scalar_i)}.public_key(), encoded(pair_of(scalar_i)));
}

TEST(key_agreement, refuses_what_is_no_public_key)
{
    const key_agreement server{p256::key_pair()};
    const std::string good = encoded(p256::key_pair());
    ASSERT_NO_THROW(server.with(good));
    const std::string bad[] = {
        "",
        "=",
        "====",
        "AA==",                      // infinity
        good.substr(0, 87),          // without its padding
        good.substr(0, 84),          // two bytes less
        good + "AAAA",               // trailing bytes
        ' ' + good,                  //
        good + '\n',                 //
        good.substr(0, 86) + "B=",   // bits behind the end, maybe, or another length
        "-_-_" + good.substr(4),     // of the other alphabet
        std::string(86, 'A') + "A=", // 65 zero bytes
        "B" + std::string(85, 'A') + "A=",
        std::string(1 << 20, 'A'),
    };
    for (const std::string& text : bad)
        EXPECT_THROW(server.with(text), crypto_error) << text.substr(0, 100);
}

} // namespace
} // namespace cresset::crypto
