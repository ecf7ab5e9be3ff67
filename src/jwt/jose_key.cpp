// Keys for HS256, RS256, PS256 and ES256, by cjose. It would do more than it should, and take more
// than RFC 7515 has: read_token and `key` have looked at a token before it gets here.

#include "crypto/openssl.hpp"
#include "jwt/key_material.hpp"

#include <openssl/err.h>

#include <bit>
#include <cjose/header.h>
#include <cjose/jwk.h>
#include <cjose/jws.h>
#include <utility>

namespace cresset::jwt {
namespace {

using crypto::openssl_ptr;
using jwk_ptr = openssl_ptr<cjose_jwk_t, cjose_jwk_release>;
using jws_ptr = openssl_ptr<cjose_jws_t, cjose_jws_release>;
using header_ptr = openssl_ptr<cjose_header_t, cjose_header_release>;

// RFC 7518, section 3.2: no shorter than the hash.
constexpr std::size_t secret_bytes_min = 32;

// RFC 7518, section 3.3, has the least. The most keeps a token from taking long to verify: 7680
// bits take 0.3 ms.
constexpr std::size_t rsa_bits_min = 2048;
constexpr std::size_t rsa_bits_max = 8192;
constexpr std::size_t exponent_bytes_max = 8;

constexpr std::size_t coordinate_bytes = 32;

// The interface is in C, and doesn't write here.
unsigned char* mutable_octets(const std::string& bytes)
{
    return reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
}

class jose_key final : public key_material
{
public:
    jose_key(jwk_ptr key, key_kind kind, std::size_t signature_size)
        : key_(std::move(key)), kind_(kind), signature_size_(signature_size)
    {
        if (!key_) {
            ERR_clear_error();
            throw crypto_error("the key's numbers are none of a key of its kind");
        }
    }

    key_kind kind() const noexcept override { return kind_; }
    std::size_t signature_size() const noexcept override { return signature_size_; }

    bool has_signed(const signed_token& token, algorithm by) const override
    {
        cjose_err error{};
        const jws_ptr read(cjose_jws_import(token.text.data(), token.text.size(), &error));
        const bool good =
            read && says(read.get(), by) && cjose_jws_verify(read.get(), key_.get(), &error);
        ERR_clear_error(); // else what uses OpenSSL next on this thread would find it
        return good;
    }

    std::string sign(std::string_view payload, algorithm by,
                     const std::string& key_id) const override
    {
        cjose_err error{};
        const header_ptr header(cjose_header_new(&error));
        const std::string name(to_string(by));
        const bool told = header &&
                          cjose_header_set(header.get(), CJOSE_HDR_ALG, name.c_str(), &error) &&
                          cjose_header_set(header.get(), "typ", "JWT", &error) &&
                          (key_id.empty() ||
                           cjose_header_set(header.get(), CJOSE_HDR_KID, key_id.c_str(), &error));
        const jws_ptr made(
            told ? cjose_jws_sign(key_.get(), header.get(),
                                  reinterpret_cast<const unsigned char*>(payload.data()),
                                  payload.size(), &error)
                 : nullptr);
        const char* text = nullptr;
        const bool good = made && cjose_jws_export(made.get(), &text, &error) && text;
        ERR_clear_error();
        if (!good)
            throw crypto_error("can't sign with this key: is it a public one?");
        return text;
    }

private:
    // It goes by its own reading of the header; so both have to have read the same.
    static bool says(cjose_jws_t* read, algorithm by)
    {
        cjose_err error{};
        const char* const name =
            cjose_header_get(cjose_jws_get_protected(read), CJOSE_HDR_ALG, &error);
        return name && name == to_string(by);
    }

    jwk_ptr key_;
    key_kind kind_;
    std::size_t signature_size_;
};

std::size_t bits_of(std::string_view number)
{
    const auto first = static_cast<unsigned char>(number[0]);
    return number.size() * 8 - static_cast<std::size_t>(std::countl_zero(first));
}

// In as few bytes as hold it, as RFC 7518, section 6.3.1, has it.
bool is_number(std::string_view bytes)
{
    return !bytes.empty() && bytes[0] != 0;
}

bool is_odd(std::string_view number)
{
    return (static_cast<unsigned char>(number.back()) & 1) != 0;
}

void check_public_numbers(const rsa_numbers& numbers)
{
    if (!is_number(numbers.n) || !is_odd(numbers.n))
        throw crypto_error("an RSA key's modulus is odd, and has no zeros in front");
    if (bits_of(numbers.n) < rsa_bits_min)
        throw crypto_error("an RSA key has at least 2048 bits");
    if (bits_of(numbers.n) > rsa_bits_max)
        throw crypto_error("an RSA key has at most 8192 bits");
    // With 1 every message is its own signature.
    if (!is_number(numbers.e) || numbers.e.size() > exponent_bytes_max || !is_odd(numbers.e) ||
        numbers.e == "\1")
        throw crypto_error("an RSA key's exponent is odd, more than 1, and has at most 64 bits");
}

} // namespace

key_material_ptr make_secret(std::string_view bytes)
{
    if (bytes.size() < secret_bytes_min)
        throw crypto_error("a secret for HS256 has at least 32 bytes");
    // Everybody knows a public key; so as a secret it would let everybody sign.
    if (bytes.find("-----BEGIN ") != std::string_view::npos)
        throw crypto_error("a secret for HS256 is no key in PEM");
    cjose_err error{};
    jwk_ptr key(cjose_jwk_create_oct_spec(reinterpret_cast<const unsigned char*>(bytes.data()),
                                          bytes.size(), &error));
    return std::make_shared<jose_key>(std::move(key), key_kind::secret, 32);
}

key_material_ptr make_rsa(const rsa_numbers& numbers)
{
    check_public_numbers(numbers);
    cjose_jwk_rsa_keyspec spec{};
    const auto set = [](unsigned char*& to, std::size_t& size, const std::string& from) {
        to = from.empty() ? nullptr : mutable_octets(from);
        size = from.size();
    };
    set(spec.n, spec.nlen, numbers.n);
    set(spec.e, spec.elen, numbers.e);
    set(spec.d, spec.dlen, numbers.d.bytes);
    set(spec.p, spec.plen, numbers.p.bytes);
    set(spec.q, spec.qlen, numbers.q.bytes);
    set(spec.dp, spec.dplen, numbers.dp.bytes);
    set(spec.dq, spec.dqlen, numbers.dq.bytes);
    set(spec.qi, spec.qilen, numbers.qi.bytes);
    cjose_err error{};
    jwk_ptr key(cjose_jwk_create_RSA_spec(&spec, &error));
    return std::make_shared<jose_key>(std::move(key), key_kind::rsa, numbers.n.size());
}

key_material_ptr make_p256(const p256_numbers& numbers)
{
    if (numbers.x.size() != coordinate_bytes || numbers.y.size() != coordinate_bytes)
        throw crypto_error("a coordinate of P-256 has 32 bytes");
    cjose_jwk_ec_keyspec spec{};
    spec.crv = CJOSE_JWK_EC_P_256;
    spec.x = mutable_octets(numbers.x);
    spec.xlen = numbers.x.size();
    spec.y = mutable_octets(numbers.y);
    spec.ylen = numbers.y.size();
    if (!numbers.d.bytes.empty()) {
        spec.d = mutable_octets(numbers.d.bytes);
        spec.dlen = numbers.d.bytes.size();
    }
    cjose_err error{};
    jwk_ptr key(cjose_jwk_create_EC_spec(&spec, &error)); // checks that the point is on the curve
    return std::make_shared<jose_key>(std::move(key), key_kind::p256, 2 * coordinate_bytes);
}

} // namespace cresset::jwt
