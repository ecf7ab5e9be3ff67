#pragma once

#include <span>
#include <string>

namespace cresset::crypto {

// Base64 with padding, on one line (RFC 4648, section 4).
std::string base64_encode(std::span<const unsigned char> bytes);

} // namespace cresset::crypto
