#include "crypto/p256.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>

#include <string>

namespace cresset::crypto::p256 {
namespace {

using bio_ptr = openssl_ptr<BIO, BIO_free_all>;
using bn_ctx_ptr = openssl_ptr<BN_CTX, BN_CTX_free>;
using ec_group_ptr = openssl_ptr<EC_GROUP, EC_GROUP_free>;

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

pkey_ptr read_private_key(std::string_view pem)
{
    const bio_ptr from(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    must(from != nullptr, "read keys");
    pkey_ptr key(PEM_read_bio_PrivateKey(from.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (!key)
        throw crypto_error("no private key in PEM, without a passphrase");
    if (!is_of_the_curve(key.get()))
        throw crypto_error("the private key is none of the curve P-256");
    if (!is_sound(key.get()))
        throw crypto_error("the private key is damaged: it does not fit its public half");
    return key;
}

// Made once; many threads may use it.
const EC_GROUP* curve()
{
    static const ec_group_ptr made(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    must(made != nullptr, "use the curve P-256");
    return made.get();
}

} // namespace

// Reading a point checks that it is on the curve. The curve's cofactor is 1, so there is no smaller
// group to be led into; infinity has a form of its own, which the length refuses.
//
// EVP_PKEY would do the same in ten times the time: it makes a group of its own for each key.
public_key::public_key(std::span<const unsigned char> uncompressed)
{
    if (uncompressed.size() != point_size || uncompressed[0] != uncompressed_form)
        throw crypto_error("a public key is 65 bytes: an uncompressed point of P-256");
    point_.reset(EC_POINT_new(curve()));
    must(point_ != nullptr, "read public keys");
    if (EC_POINT_oct2point(curve(), point_.get(), uncompressed.data(), uncompressed.size(),
                           nullptr) != 1) {
        ERR_clear_error();
        throw crypto_error("the public key is no point of the curve P-256");
    }
}

key_pair::key_pair() : key_pair(pkey_ptr(EVP_EC_gen(group_name))) {}

key_pair::key_pair(std::string_view pem) : key_pair(read_private_key(pem)) {}

key_pair::key_pair(pkey_ptr key)
{
    must(key != nullptr, "make a key pair");
    BIGNUM* number = nullptr;
    const bool has_number =
        EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1;
    number_.reset(number);
    std::size_t size = 0;
    const bool has_point =
        EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, point_.data(),
                                        point_.size(), &size) == 1;
    ERR_clear_error();
    if (!has_number || !has_point || size != point_size || point_[0] != uncompressed_form)
        throw crypto_error("the private key's public half has another form than uncompressed");
    BN_set_flags(number_.get(), BN_FLG_CONSTTIME); // whose time would tell of the key
}

// The secret is x of the peer's point times our number.
shared_secret key_pair::agree_with(const public_key& peer) const
{
    const bn_ctx_ptr ctx(BN_CTX_new());
    const ec_point_ptr product(EC_POINT_new(curve()));
    const secret_number_ptr x(BN_new());
    shared_secret agreed;
    must(ctx && product && x &&
             EC_POINT_mul(curve(), product.get(), nullptr, peer.get(), number_.get(), ctx.get()) ==
                 1 &&
             EC_POINT_get_affine_coordinates(curve(), product.get(), x.get(), nullptr, ctx.get()) ==
                 1 &&
             BN_bn2binpad(x.get(), agreed.data(), static_cast<int>(agreed.size())) ==
                 static_cast<int>(agreed.size()),
         "agree on a secret");
    return agreed;
}

} // namespace cresset::crypto::p256
