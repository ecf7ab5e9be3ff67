#pragma once

#include <array>
#include <string_view>

namespace cresset::crypto {

using sha1_digest = std::array<unsigned char, 20>;

// SHA-1, only for what RFC 6455 asks of it: it protects nothing.
// Throws std::runtime_error where the crypto library refuses the algorithm.
sha1_digest sha1(std::string_view bytes);

using sha256_digest = std::array<unsigned char, 32>;

// Throws as sha1 does.
sha256_digest sha256(std::string_view bytes);

} // namespace cresset::crypto
