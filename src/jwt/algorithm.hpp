#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cresset::jwt {

// How tokens are signed (RFC 7518, section 3.1, and RFC 8037, section 3.1).
enum class algorithm : std::uint8_t
{
    hs256, // HMAC with SHA-256: whoever can verify can sign
    rs256, // RSA, PKCS #1 v1.5, with SHA-256
    ps256, // RSA, PSS, with SHA-256
    es256, // ECDSA on P-256 with SHA-256
    eddsa  // Ed25519
};

// As a token's header has it, in this case of letters and no other; there is no "none".
std::string_view to_string(algorithm by) noexcept;
std::optional<algorithm> algorithm_named(std::string_view name) noexcept;

enum class key_kind : std::uint8_t
{
    secret,
    rsa,
    p256,
    ed25519
};

// The kind of key that it needs. Each needs one kind, so that no key is ever taken for another: a
// public key is no secret, whoever says HS256.
key_kind kind_for(algorithm by) noexcept;

} // namespace cresset::jwt
