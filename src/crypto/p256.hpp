#pragma once

#include "crypto/openssl.hpp"
#include "crypto/secret.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace cresset::crypto::p256 {

// ECDH on the curve P-256 (NIST SP 800-56A).

using ec_point_ptr = openssl_ptr<EC_POINT, EC_POINT_free>;
using secret_number_ptr = openssl_ptr<BIGNUM, BN_clear_free>;

// An uncompressed point: 4, then x and y.
inline constexpr std::size_t point_size = 65;
using point = std::array<unsigned char, point_size>;

using shared_secret = secret<32>;

// Of the other side. Any number of threads may use it.
class public_key
{
public:
    // Throws crypto_error for what is no uncompressed point of the curve.
    explicit public_key(std::span<const unsigned char> uncompressed);

    const EC_POINT* get() const noexcept { return point_.get(); }

private:
    ec_point_ptr point_;
};

// Ours. Any number of threads may use it.
class key_pair
{
public:
    // A new one.
    key_pair();

    // A private key in PEM, without a passphrase. Throws crypto_error for what is none of P-256.
    explicit key_pair(std::string_view pem);

    const point& public_point() const noexcept { return point_; }

    shared_secret agree_with(const public_key& peer) const;

private:
    explicit key_pair(pkey_ptr key);

    secret_number_ptr number_;
    point point_{};
};

} // namespace cresset::crypto::p256
