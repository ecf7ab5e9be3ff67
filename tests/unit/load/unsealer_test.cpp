#include "crypto/base64.hpp"
#include "load/unsealer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::load {
namespace {

crypto::aes_key key_of(unsigned char fill)
{
    std::array<unsigned char, 32> bytes{};
    bytes.fill(fill);
    return crypto::aes_key(bytes);
}

std::string sealed(const crypto::aes_key& key, std::string_view envelope)
{
    crypto::aes_gcm cipher(key);
    crypto::iv_sequence ivs;
    const crypto::gcm_iv& iv = ivs.next();
    std::string out(envelope.size() + crypto::tag_size, '\0');
    auto* const bytes = reinterpret_cast<unsigned char*>(out.data());
    cipher.seal(iv, {}, envelope, bytes);
    return R"({"event":"encrypted","data":{"iv":")" + crypto::base64_encode(iv) + R"(","ct":")" +
           crypto::base64_encode({bytes, out.size()}) + "\"}}";
}

TEST(unsealer, each_with_its_own_key)
{
    unsealer u;
    for (const unsigned char fill : {'a', 'b', 'a'}) {
        const crypto::aes_key key = key_of(fill);
        const std::string text = sealed(key, R"({"event":"news"})");
        EXPECT_TRUE(is_encrypted(text));
        EXPECT_EQ(u.open(key, text), R"({"event":"news"})");
    }
}

TEST(unsealer, what_was_not_sealed_so)
{
    unsealer u;
    const crypto::aes_key key = key_of('a');
    std::string text = sealed(key, "x");
    EXPECT_EQ(u.open(key_of('b'), text), std::nullopt);
    EXPECT_EQ(u.open(key, R"({"event":"encrypted","data":{}})"), std::nullopt);
    EXPECT_EQ(u.open(key, R"({"event":"encrypted","data":{"iv":"AAAA","ct":"AAAA"}})"),
              std::nullopt);
    EXPECT_FALSE(is_encrypted(R"({"event":"news"})"));
}

} // namespace
} // namespace cresset::load
