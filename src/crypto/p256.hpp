#pragma once

#include "crypto/openssl.hpp"
#include "crypto/secret.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace cresset::crypto::p256 {

// ECDH on the curve P-256 (NIST SP 800-56A).

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

    EVP_PKEY* get() const noexcept { return key_.get(); }

private:
    pkey_ptr key_;
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
    void read_point();

    pkey_ptr key_;
    point point_{};
};

} // namespace cresset::crypto::p256
