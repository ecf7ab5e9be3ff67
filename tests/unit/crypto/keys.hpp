#pragma once

#include "crypto/base64.hpp"
#include "crypto/openssl.hpp"
#include "support/octets.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::tests {

inline std::string pem(const std::string& label, std::string_view der)
{
    return "-----BEGIN " + label + "-----\n" + crypto::base64_encode(octets(der)) + "\n-----END " +
           label + "-----\n";
}

// A private key of P-256 as RFC 5915 has it; the public half is left out where none is given.
//
//   SEQUENCE { 1, OCTET STRING scalar, [0] prime256v1, [1] BIT STRING point }
inline std::string p256_pem(std::string_view scalar_hex, std::string_view point_hex = {})
{
    std::string content =
        from_hex("0201010420") + from_hex(scalar_hex) + from_hex("a00a06082a8648ce3d030107");
    if (!point_hex.empty())
        content += from_hex("a14403420004") + from_hex(point_hex);
    return pem("EC PRIVATE KEY", std::string{'\x30', static_cast<char>(content.size())} + content);
}

inline std::string written(bool (*write)(BIO*, EVP_PKEY*), crypto::pkey_ptr key)
{
    const crypto::openssl_ptr<BIO, BIO_free_all> out(BIO_new(BIO_s_mem()));
    write(out.get(), key.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

inline bool write_private(BIO* out, EVP_PKEY* key)
{
    return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
}

inline bool write_public(BIO* out, EVP_PKEY* key)
{
    return PEM_write_bio_PUBKEY(out, key) == 1;
}

inline bool write_with_passphrase(BIO* out, EVP_PKEY* key)
{
    std::array<unsigned char, 4> passphrase{'o', 'p', 'e', 'n'};
    return PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_256_cbc(),
                                         reinterpret_cast<char*>(passphrase.data()),
                                         passphrase.size(), nullptr, nullptr) == 1;
}

inline crypto::pkey_ptr new_ec_key(const char* curve = "P-256")
{
    return crypto::pkey_ptr(EVP_EC_gen(curve));
}

inline crypto::pkey_ptr new_compressed_key()
{
    crypto::pkey_ptr key = new_ec_key();
    EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                   "compressed");
    return key;
}

inline std::string good_pem()
{
    return written(write_private, new_ec_key());
}

struct bad_pem
{
    const char* what;
    std::string text;
};

// None of them is a private key of P-256 without a passphrase.
inline std::vector<bad_pem> bad_pems()
{
    const std::string good = good_pem();
    std::string damaged = good;
    damaged[good.size() / 2] = '!';
    const std::string order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    return {
        {"nothing", ""},
        {"no PEM", "a key, honestly"},
        {"half of a key", good.substr(0, good.size() / 2)},
        {"a key with a digit that is none", damaged},
        {"another thing in PEM", pem("EC PRIVATE KEY", "abc")},
        {"a certificate's label", pem("CERTIFICATE", from_hex("3003020101"))},
        {"P-384", written(write_private, new_ec_key("P-384"))},
        {"a curve of the same size", written(write_private, new_ec_key("secp256k1"))},
        {"RSA", written(write_private, crypto::pkey_ptr(EVP_RSA_gen(2048)))},
        {"Ed25519",
         written(write_private, crypto::pkey_ptr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")))},
        {"X25519",
         written(write_private, crypto::pkey_ptr(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")))},
        {"a compressed public half", written(write_private, new_compressed_key())},
        {"a public key", written(write_public, new_ec_key())},
        {"a passphrase", written(write_with_passphrase, new_ec_key())},
        {"the scalar 0", p256_pem(std::string(64, '0'))},
        {"the scalar that is the order", p256_pem(order)},
        {"a scalar beyond the order", p256_pem(std::string(64, 'f'))},
        {"the public half of another", // of the scalar 2
         p256_pem(std::string(63, '0') + "1",
                  "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978"
                  "07775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1")},
        {"a public half off the curve",
         p256_pem(std::string(63, '0') + "1", std::string(128, '1'))},
    };
}

} // namespace cresset::tests
