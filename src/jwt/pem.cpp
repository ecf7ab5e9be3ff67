#include "jwt/pem.hpp"

#include "crypto/openssl.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <utility>

namespace cresset::jwt {
namespace {

using crypto::openssl_ptr;
using bio_ptr = openssl_ptr<BIO, BIO_free_all>;
using number_ptr = openssl_ptr<BIGNUM, BN_clear_free>;

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::size_t coordinate_size = 32;
constexpr std::size_t seed_size = 32;

// Anything of OpenSSL's that asks for a passphrase gets none.
int no_passphrase(char*, int, int, void*)
{
    return 0;
}

// Of two keys OpenSSL would read the first, and nobody would learn of the other.
bool has_one_block(std::string_view text)
{
    const std::size_t first = text.find(begin_mark);
    return first != std::string_view::npos &&
           text.find(begin_mark, first + 1) == std::string_view::npos;
}

template <auto Read>
crypto::pkey_ptr read(std::string_view text, const char* what)
{
    if (!has_one_block(text))
        throw crypto_error(std::string("not one ") + what + " in PEM");
    const bio_ptr from(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    crypto::must(from != nullptr, "read keys");
    crypto::pkey_ptr found(Read(from.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (!found)
        throw crypto_error(std::string("no ") + what + " in PEM, without a passphrase");
    return found;
}

// Big-endian, in so many bytes; without a size, in as few as hold it.
std::string number(const EVP_PKEY* from, const char* name, std::size_t size = 0)
{
    BIGNUM* raw = nullptr;
    const bool has_it = EVP_PKEY_get_bn_param(from, name, &raw) == 1;
    const number_ptr found(raw);
    ERR_clear_error();
    if (!has_it)
        throw crypto_error("the key lacks one of its numbers");
    std::string bytes(size != 0 ? size : static_cast<std::size_t>(BN_num_bytes(raw)), '\0');
    if (BN_bn2binpad(raw, reinterpret_cast<unsigned char*>(bytes.data()),
                     static_cast<int>(bytes.size())) < 0)
        throw crypto_error("one of the key's numbers is too large");
    return bytes;
}

key_material_ptr rsa_material(const EVP_PKEY* from, bool is_private)
{
    rsa_numbers numbers;
    numbers.n = number(from, OSSL_PKEY_PARAM_RSA_N);
    numbers.e = number(from, OSSL_PKEY_PARAM_RSA_E);
    if (!is_private)
        return make_rsa(numbers);
    numbers.d.bytes = number(from, OSSL_PKEY_PARAM_RSA_D);
    numbers.p.bytes = number(from, OSSL_PKEY_PARAM_RSA_FACTOR1);
    numbers.q.bytes = number(from, OSSL_PKEY_PARAM_RSA_FACTOR2);
    numbers.dp.bytes = number(from, OSSL_PKEY_PARAM_RSA_EXPONENT1);
    numbers.dq.bytes = number(from, OSSL_PKEY_PARAM_RSA_EXPONENT2);
    numbers.qi.bytes = number(from, OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
    return make_rsa(numbers);
}

bool is_of_p256(const EVP_PKEY* key)
{
    char name[32];
    std::size_t size = 0;
    const bool named = EVP_PKEY_get_group_name(key, name, sizeof name, &size) == 1;
    ERR_clear_error();
    return named && std::string_view(name, size) == "prime256v1";
}

key_material_ptr p256_material(const EVP_PKEY* from, bool is_private)
{
    if (!is_of_p256(from))
        throw crypto_error("the EC key is none of the curve P-256");
    p256_numbers numbers;
    numbers.x = number(from, OSSL_PKEY_PARAM_EC_PUB_X, coordinate_size);
    numbers.y = number(from, OSSL_PKEY_PARAM_EC_PUB_Y, coordinate_size);
    if (is_private)
        numbers.d.bytes = number(from, OSSL_PKEY_PARAM_PRIV_KEY, coordinate_size);
    return make_p256(numbers);
}

key_material_ptr ed25519_material(const EVP_PKEY* from, bool is_private)
{
    private_number raw;
    raw.bytes.resize(seed_size);
    auto* const to = reinterpret_cast<unsigned char*>(raw.bytes.data());
    std::size_t size = raw.bytes.size();
    const bool has_it = is_private ? EVP_PKEY_get_raw_private_key(from, to, &size) == 1
                                   : EVP_PKEY_get_raw_public_key(from, to, &size) == 1;
    crypto::must(has_it && size == seed_size, "tell an Ed25519 key's bytes");
    return is_private ? make_ed25519_private(raw.bytes) : make_ed25519(raw.bytes);
}

key_material_ptr material(const EVP_PKEY* from, bool is_private)
{
    switch (EVP_PKEY_get_base_id(from)) {
    case EVP_PKEY_RSA:
        return rsa_material(from, is_private);
    case EVP_PKEY_EC:
        return p256_material(from, is_private);
    case EVP_PKEY_ED25519:
        return ed25519_material(from, is_private);
    default:
        throw crypto_error("a key is of RSA, of EC on P-256, or of Ed25519");
    }
}

} // namespace

key read_public_pem(std::string_view text, std::string id)
{
    if (text.find("PRIVATE KEY-----") != std::string_view::npos)
        throw crypto_error("a private key, where a public one should be");
    const auto found = read<PEM_read_bio_PUBKEY>(text, "public key");
    return {material(found.get(), false), std::move(id), std::nullopt};
}

key read_private_pem(std::string_view text, std::string id)
{
    const auto found = read<PEM_read_bio_PrivateKey>(text, "private key");
    return {material(found.get(), true), std::move(id), std::nullopt};
}

} // namespace cresset::jwt
