#pragma once

#include "crypto/aes_gcm.hpp"
#include "crypto/p256.hpp"

#include <array>
#include <string>
#include <string_view>

namespace cresset::crypto {

// How two sides come to a key (PROTOCOL.md, section 3): ECDH on P-256, and of the secret that they
// share a key by HKDF, with a salt.

inline constexpr std::string_view default_hkdf_info = "ignis-ecdh-p256-aes-256-gcm-v1";

using salt_bytes = std::array<unsigned char, 32>;

// Of the peer, in base64. Throws crypto_error.
p256::public_key read_public_key(std::string_view base64);

aes_key agree_on_key(const p256::key_pair& ours, const p256::public_key& theirs,
                     std::string_view salt, std::string_view info);

// A server's side, from any thread.
class key_agreement
{
public:
    struct result
    {
        aes_key key;
        std::string salt; // base64, for the other side
    };

    explicit key_agreement(p256::key_pair ours, std::string info = std::string(default_hkdf_info));

    // In base64.
    const std::string& public_key() const noexcept { return public_key_; }

    // A new key with whoever has this public key, in base64. Throws crypto_error.
    result with(std::string_view public_key) const;

private:
    p256::key_pair ours_;
    std::string public_key_;
    std::string info_;
};

} // namespace cresset::crypto
