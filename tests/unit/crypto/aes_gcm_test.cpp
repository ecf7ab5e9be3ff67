#include "crypto/aes_gcm.hpp"
#include "support/octets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::crypto {
namespace {

using tests::from_hex;

aes_key key_of(std::string_view bytes)
{
    aes_key key;
    std::ranges::copy(bytes, reinterpret_cast<char*>(key.data()));
    return key;
}

gcm_iv iv_of(std::string_view bytes)
{
    gcm_iv iv;
    std::ranges::copy(bytes, reinterpret_cast<char*>(iv.data()));
    return iv;
}

std::string sealed(aes_gcm& cipher, const gcm_iv& iv, std::string_view additional,
                   std::string_view plaintext)
{
    std::string out(plaintext.size() + tag_size, '\0');
    cipher.seal(iv, additional, plaintext, reinterpret_cast<unsigned char*>(out.data()));
    return out;
}

bool opens(aes_gcm& cipher, const gcm_iv& iv, std::string_view additional, std::string_view text,
           std::string* plaintext = nullptr)
{
    std::string out(std::max(text.size(), tag_size) - tag_size, '\0');
    const bool authentic = cipher.open(iv, additional, text, out.data());
    if (plaintext)
        *plaintext = out;
    return authentic;
}

struct test_case
{
    std::string key;
    std::string iv;
    std::string additional;
    std::string plaintext;
    std::string sealed;
};

// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 to 16.
std::vector<test_case> test_cases()
{
    const std::string key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    const std::string iv = "cafebabefacedbaddecaf888";
    const std::string plaintext =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
    const std::string ciphertext =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
    const std::string zeros(64, '0');
    return {
        {zeros, zeros.substr(0, 24), "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
        {zeros, zeros.substr(0, 24), "", zeros.substr(0, 32),
         "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
        {key, iv, "", plaintext, ciphertext + "b094dac5d93471bdec1a502270e3cc6c"},
        {key, iv, "feedfacedeadbeeffeedfacedeadbeefabaddad2", plaintext.substr(0, 120),
         ciphertext.substr(0, 120) + "76fc6ece0f4e1768cddf8853bb2d551b"},
    };
}

TEST(aes_gcm, gives_the_ciphertexts_of_the_specification_and_opens_them)
{
    for (const test_case& v : test_cases()) {
        aes_gcm cipher(key_of(from_hex(v.key)));
        const gcm_iv iv = iv_of(from_hex(v.iv));
        const std::string additional = from_hex(v.additional);
        EXPECT_EQ(tests::to_hex(sealed(cipher, iv, additional, from_hex(v.plaintext))), v.sealed);
        std::string plaintext;
        EXPECT_TRUE(opens(cipher, iv, additional, from_hex(v.sealed), &plaintext));
        EXPECT_EQ(tests::to_hex(plaintext), v.plaintext);
    }
}

// One context serves all messages of a key, both ways, with and without additional data.
TEST(aes_gcm, keeps_nothing_of_a_message_for_the_next)
{
    const test_case with = test_cases()[3];
    const test_case without = test_cases()[2];
    aes_gcm cipher(key_of(from_hex(with.key)));
    const gcm_iv iv = iv_of(from_hex(with.iv));
    const std::string additional = from_hex(with.additional);
    std::string forged = from_hex(with.sealed);
    forged.back() ^= 1;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(sealed(cipher, iv, additional, from_hex(with.plaintext)), from_hex(with.sealed));
        EXPECT_FALSE(opens(cipher, iv, additional, forged));
        EXPECT_EQ(sealed(cipher, iv, "", from_hex(without.plaintext)), from_hex(without.sealed));
        EXPECT_TRUE(opens(cipher, iv, "", from_hex(without.sealed)));
        EXPECT_TRUE(opens(cipher, iv, additional, from_hex(with.sealed)));
    }
}

TEST(aes_gcm, opens_nothing_in_which_a_bit_is_another)
{
    aes_gcm cipher(key_of(std::string(32, 'k')));
    const gcm_iv iv = iv_of("twelve bytes");
    const std::string good = sealed(cipher, iv, "more", "a message");
    for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
        std::string bad = good;
        bad[bit / 8] ^= static_cast<char>(1 << bit % 8);
        EXPECT_FALSE(opens(cipher, iv, "more", bad)) << bit;
    }
    for (std::size_t bit = 0; bit < 8 * iv_size; ++bit) {
        gcm_iv other = iv;
        other[bit / 8] ^= static_cast<unsigned char>(1 << bit % 8);
        EXPECT_FALSE(opens(cipher, other, "more", good)) << bit;
    }
    for (const std::string_view other : {"", "mor", "more ", "More", "moer"})
        EXPECT_FALSE(opens(cipher, iv, other, good)) << other;
    EXPECT_TRUE(opens(cipher, iv, "more", good));
}

TEST(aes_gcm, opens_nothing_that_is_shorter_or_longer)
{
    aes_gcm cipher(key_of(std::string(32, 'k')));
    const gcm_iv iv = iv_of("twelve bytes");
    const std::string good = sealed(cipher, iv, {}, "a message");
    for (std::size_t size = 0; size < good.size(); ++size) {
        EXPECT_FALSE(opens(cipher, iv, {}, good.substr(0, size))) << size;
        EXPECT_FALSE(opens(cipher, iv, {}, good.substr(good.size() - size))) << size;
    }
    EXPECT_FALSE(opens(cipher, iv, {}, good + '\0'));
    EXPECT_FALSE(opens(cipher, iv, {}, good + good));
}

TEST(aes_gcm, opens_nothing_of_another_key)
{
    aes_gcm cipher(key_of(std::string(32, 'k')));
    aes_gcm other(key_of(std::string(31, 'k') + 'l'));
    const gcm_iv iv = iv_of("twelve bytes");
    EXPECT_FALSE(opens(other, iv, {}, sealed(cipher, iv, {}, "a message")));
}

TEST(aes_gcm, seals_messages_of_every_size)
{
    aes_gcm cipher(key_of(std::string(32, 'k')));
    iv_sequence ivs;
    for (const std::size_t size : {0, 1, 15, 16, 17, 4095, 1 << 20}) {
        const std::string message(size, '\xa5');
        const gcm_iv iv = ivs.next();
        std::string plaintext;
        EXPECT_TRUE(opens(cipher, iv, {}, sealed(cipher, iv, {}, message), &plaintext));
        EXPECT_EQ(plaintext, message);
    }
}

TEST(aes_gcm, does_not_hold_on_to_the_key_that_it_was_made_of)
{
    aes_key key = key_of(std::string(32, 'k'));
    aes_gcm cipher(key);
    const gcm_iv iv = iv_of("twelve bytes");
    const std::string before = sealed(cipher, iv, {}, "a message");
    key = key_of(std::string(32, 'x'));
    EXPECT_EQ(sealed(cipher, iv, {}, "a message"), before);
}

TEST(iv_sequence, never_repeats)
{
    iv_sequence ivs;
    std::set<gcm_iv> seen;
    for (int i = 0; i < 100'000; ++i)
        EXPECT_TRUE(seen.insert(ivs.next()).second);
}

TEST(iv_sequence, begins_elsewhere_each_time)
{
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        iv_sequence ivs;
        const std::string_view first = tests::text_of(ivs.next());
        EXPECT_TRUE(seen.insert(std::string(first.substr(0, 4 + 7))).second) << "the same region";
    }
}

TEST(iv_sequence, counts_in_its_last_eight_bytes)
{
    iv_sequence ivs;
    const gcm_iv first = ivs.next();
    const auto counter = [](const gcm_iv& iv) {
        std::uint64_t value = 0;
        for (std::size_t i = 4; i < iv.size(); ++i)
            value = value << 8 | iv[i];
        return value;
    };
    for (std::uint64_t i = 1; i < 1000; ++i) {
        const gcm_iv& next = ivs.next();
        EXPECT_EQ(counter(next), counter(first) + i);
        EXPECT_TRUE(std::equal(first.begin(), first.begin() + 4, next.begin()));
    }
}

} // namespace
} // namespace cresset::crypto
