#include "jwt/pem.hpp"
#include "peer.hpp"

#include <gtest/gtest.h>

namespace cresset::jwt {
namespace {

using tests::pkey_ptr;

// Why a key is refused; "" if it isn't.
template <typename Read>
std::string refused(Read read, const std::string& text)
{
    try {
        read(text, "");
        return "";
    } catch (const crypto_error& error) {
        return error.what();
    }
}

key_kind kind_of(const pkey_ptr& made)
{
    const key_kind as_public = read_public_pem(tests::public_pem(made)).material->kind();
    EXPECT_EQ(read_private_pem(tests::private_pem(made)).material->kind(), as_public);
    return as_public;
}

TEST(pem, has_keys_of_three_kinds)
{
    const tests::peers peers;
    EXPECT_EQ(kind_of(peers.rsa), key_kind::rsa);
    EXPECT_EQ(kind_of(peers.p256), key_kind::p256);
    EXPECT_EQ(kind_of(peers.ed25519), key_kind::ed25519);
    EXPECT_EQ(read_public_pem(tests::public_pem(peers.rsa), "a").id, "a");
}

TEST(pem, of_other_kinds_is_refused)
{
    const pkey_ptr others[] = {pkey_ptr(EVP_EC_gen("P-384")), pkey_ptr(EVP_EC_gen("secp256k1")),
                               pkey_ptr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448")),
                               pkey_ptr(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")),
                               tests::read_pem(tests::weak_rsa_pem)};
    for (const pkey_ptr& each : others) {
        EXPECT_NE(refused(read_public_pem, tests::public_pem(each)), "");
        EXPECT_NE(refused(read_private_pem, tests::private_pem(each)), "");
    }
    EXPECT_EQ(refused(read_public_pem, tests::public_pem(others[4])),
              "an RSA key has at least 2048 bits");
}

TEST(pem, of_a_private_key_is_no_public_one)
{
    const tests::peers peers;
    for (const pkey_ptr* each : {&peers.rsa, &peers.p256, &peers.ed25519}) {
        EXPECT_EQ(refused(read_public_pem, tests::private_pem(*each)),
                  "a private key, where a public one should be");
        EXPECT_NE(refused(read_private_pem, tests::public_pem(*each)), "");
    }
}

TEST(pem, of_two_keys_is_refused)
{
    const tests::peers peers;
    const std::string both = tests::public_pem(peers.p256) + tests::public_pem(peers.ed25519);
    EXPECT_EQ(refused(read_public_pem, both), "not one public key in PEM");
}

TEST(pem, with_a_passphrase_is_refused_without_asking)
{
    const tests::peers peers;
    const tests::bio_ptr to(BIO_new(BIO_s_mem()));
    ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(to.get(), peers.p256.get(), EVP_aes_128_cbc(), "secret",
                                            6, nullptr, nullptr),
              1);
    EXPECT_NE(refused(read_private_pem, tests::text_of(to.get())), "");
}

TEST(pem, that_is_damaged_is_refused)
{
    const tests::peers peers;
    const std::string good = tests::public_pem(peers.p256);
    EXPECT_NE(refused(read_public_pem, ""), "");
    EXPECT_NE(refused(read_public_pem, "a key"), "");
    for (std::size_t size = 0; size + 2 < good.size(); ++size) // all but the last dash and line end
        EXPECT_NE(refused(read_public_pem, good.substr(0, size)), "") << size;
}

TEST(secret, has_32_bytes_or_more)
{
    EXPECT_EQ(read_secret(std::string(32, 's'), "a").id, "a");
    EXPECT_THROW(read_secret(std::string(31, 's')), crypto_error);
    EXPECT_THROW(read_secret(""), crypto_error);
}

TEST(secret, is_no_key_that_everybody_knows)
{
    const tests::peers peers;
    EXPECT_THROW(read_secret(tests::public_pem(peers.rsa)), crypto_error);
    EXPECT_THROW(read_secret("\n" + tests::public_pem(peers.rsa)), crypto_error);
}

} // namespace
} // namespace cresset::jwt
