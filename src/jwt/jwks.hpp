#pragma once

#include "jwt/key.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::jwt {

// Issuers have two to ten keys, of half a kilobyte, or two with certificates.
inline constexpr std::size_t jwks_bytes_max = 128 * 1024;
inline constexpr std::size_t jwks_keys_max = 64;

// What a JWK Set holds (RFC 7517, section 5).
struct jwks
{
    std::vector<key> keys;
    std::vector<std::string> skipped; // a line each, for logs, with nothing of the key in it
};

// Takes the public keys that verify signatures by an algorithm of ours. Others are skipped: those
// of unknown kinds and curves, for encryption, with weak numbers; secrets and private keys as well,
// since who can fetch the document could sign with them. Several keys may have one id.
//
// Throws crypto_error for what is no JWK Set, or too large to be one.
jwks read_jwks(std::string_view text);

} // namespace cresset::jwt
