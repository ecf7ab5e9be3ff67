#pragma once

#include <span>
#include <string_view>

namespace cresset::crypto {

// HKDF with SHA-256 (RFC 5869), extract and expand. Fills `out`, of up to 8,160 bytes. Throws
// crypto_error.
void hkdf_sha256(std::span<const unsigned char> key, std::span<const unsigned char> salt,
                 std::string_view info, std::span<unsigned char> out);

} // namespace cresset::crypto
