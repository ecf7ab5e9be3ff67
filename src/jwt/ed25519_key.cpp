// Keys for EdDSA, by OpenSSL: cjose knows none. With Ed25519 what is signed is the text itself, and
// the signature is the 64 bytes of RFC 8032, so nothing is left to do beside it.

#include "crypto/openssl.hpp"
#include "jwt/base64url.hpp"
#include "jwt/key_material.hpp"

#include <boost/algorithm/hex.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/err.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace cresset::jwt {
namespace {

using digest_ctx_ptr = crypto::openssl_ptr<EVP_MD_CTX, EVP_MD_CTX_free>;

constexpr std::size_t ed25519_signature_size = 64;

// The points whose order divides the cofactor, but for the sign of x in the last byte's first bit,
// with those of y that are not reduced (RFC 8032, section 5.1). For a key that is one of them a
// signature can be made up without knowing anything.
constexpr std::string_view small_order_points[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};

const unsigned char* octets(std::string_view bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

bool has_small_order(std::string_view public_key)
{
    std::string point(public_key);
    if (!point.empty())
        point.back() = static_cast<char>(point.back() & 0x7f);
    const std::string text = boost::algorithm::hex_lower(point);
    return std::ranges::find(small_order_points, text) != std::end(small_order_points);
}

digest_ctx_ptr new_context()
{
    digest_ctx_ptr made(EVP_MD_CTX_new());
    crypto::must(made != nullptr, "use Ed25519");
    return made;
}

std::string header_text(const std::string& key_id)
{
    boost::json::object header{{"alg", to_string(algorithm::eddsa)}, {"typ", "JWT"}};
    if (!key_id.empty())
        header["kid"] = key_id;
    return boost::json::serialize(header);
}

class ed25519_key final : public key_material
{
public:
    ed25519_key(crypto::pkey_ptr key, bool is_private)
        : key_(std::move(key)), is_private_(is_private)
    {
        if (!key_) {
            ERR_clear_error();
            throw crypto_error("an Ed25519 key has 32 bytes");
        }
    }

    key_kind kind() const noexcept override { return key_kind::ed25519; }
    std::size_t signature_size() const noexcept override { return ed25519_signature_size; }

    bool has_signed(const signed_token& token, algorithm) const override
    {
        const digest_ctx_ptr ctx = new_context();
        const bool good =
            EVP_DigestVerifyInit(ctx.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
            EVP_DigestVerify(ctx.get(), octets(token.signature), token.signature.size(),
                             octets(token.signed_text), token.signed_text.size()) == 1;
        ERR_clear_error();
        return good;
    }

    std::string sign(std::string_view payload, algorithm, const std::string& key_id) const override
    {
        if (!is_private_)
            throw crypto_error("can't sign with this key: is it a public one?");
        std::string text = base64url_encode(header_text(key_id)) + '.' + base64url_encode(payload);
        const digest_ctx_ptr ctx = new_context();
        std::string signature(ed25519_signature_size, '\0');
        std::size_t size = signature.size();
        crypto::must(EVP_DigestSignInit(ctx.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
                         EVP_DigestSign(ctx.get(),
                                        reinterpret_cast<unsigned char*>(signature.data()), &size,
                                        octets(text), text.size()) == 1,
                     "sign with Ed25519");
        return text + '.' + base64url_encode(signature);
    }

private:
    crypto::pkey_ptr key_;
    bool is_private_;
};

} // namespace

key_material_ptr make_ed25519(std::string_view public_key)
{
    if (has_small_order(public_key))
        throw crypto_error("a weak Ed25519 key, with which anybody could sign");
    crypto::pkey_ptr key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(public_key),
                                                     public_key.size()));
    return std::make_shared<ed25519_key>(std::move(key), false);
}

key_material_ptr make_ed25519_private(std::string_view seed)
{
    crypto::pkey_ptr key(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets(seed), seed.size()));
    return std::make_shared<ed25519_key>(std::move(key), true);
}

} // namespace cresset::jwt
