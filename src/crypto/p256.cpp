#include "crypto/p256.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include <string>

namespace cresset::crypto::p256 {
namespace {

using bio_ptr = openssl_ptr<BIO, BIO_free_all>;

char group_name[] = "P-256"; // OSSL_PARAM wants it mutable, and leaves it alone
constexpr unsigned char uncompressed_form = 4;

// Anything of OpenSSL's that asks for a passphrase gets none.
int no_passphrase(char*, int, int, void*)
{
    return 0;
}

bool is_of_the_curve(const EVP_PKEY* key)
{
    char name[32];
    std::size_t size = 0;
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(key, name, sizeof name, &size) == 1 &&
           std::string_view(name, size) == "prime256v1";
}

// Reading a key leaves open whether its halves belong together: with others nobody would come to
// the key that we come to.
bool is_sound(EVP_PKEY* key)
{
    const pkey_ctx_ptr ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    must(ctx != nullptr, "check keys");
    const bool sound = EVP_PKEY_check(ctx.get()) == 1;
    ERR_clear_error();
    return sound;
}

} // namespace

// Reading a point checks that it is on the curve. The curve's cofactor is 1, so there is no smaller
// group to be led into; infinity has a form of its own, which the length refuses.
public_key::public_key(std::span<const unsigned char> uncompressed)
{
    if (uncompressed.size() != point_size || uncompressed[0] != uncompressed_form)
        throw crypto_error("a public key is 65 bytes: an uncompressed point of P-256");
    const OSSL_PARAM parts[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group_name, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                          const_cast<unsigned char*>(uncompressed.data()),
                                          uncompressed.size()),
        OSSL_PARAM_construct_end()};
    const pkey_ctx_ptr ctx(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    must(ctx && EVP_PKEY_fromdata_init(ctx.get()) == 1, "read public keys");
    EVP_PKEY* read = nullptr;
    if (EVP_PKEY_fromdata(ctx.get(), &read, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parts)) !=
        1) {
        ERR_clear_error();
        throw crypto_error("the public key is no point of the curve P-256");
    }
    key_.reset(read);
}

key_pair::key_pair() : key_(EVP_EC_gen(group_name))
{
    must(key_ != nullptr, "make a key pair");
    read_point();
}

key_pair::key_pair(std::string_view pem)
{
    const bio_ptr from(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    must(from != nullptr, "read keys");
    key_.reset(PEM_read_bio_PrivateKey(from.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (!key_)
        throw crypto_error("no private key in PEM, without a passphrase");
    if (!is_of_the_curve(key_.get()))
        throw crypto_error("the private key is none of the curve P-256");
    if (!is_sound(key_.get()))
        throw crypto_error("the private key is damaged: it does not fit its public half");
    read_point();
}

void key_pair::read_point()
{
    std::size_t size = 0;
    const bool read = EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                      point_.data(), point_.size(), &size) == 1;
    ERR_clear_error();
    if (!read || size != point_size || point_[0] != uncompressed_form)
        throw crypto_error("the private key's public half has another form than uncompressed");
}

shared_secret key_pair::agree_with(const public_key& peer) const
{
    const pkey_ctx_ptr ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    shared_secret agreed;
    std::size_t size = shared_secret::size();
    // Not validated again: the curve check was made when the point was read.
    must(ctx && EVP_PKEY_derive_init(ctx.get()) == 1 &&
             EVP_PKEY_derive_set_peer_ex(ctx.get(), peer.get(), 0) == 1 &&
             EVP_PKEY_derive(ctx.get(), agreed.data(), &size) == 1 && size == shared_secret::size(),
         "agree on a secret");
    return agreed;
}

} // namespace cresset::crypto::p256
