#pragma once

#include <span>

namespace cresset::crypto {

// Fills it with bytes that nobody can guess. Throws crypto_error.
void random_fill(std::span<unsigned char> bytes);

} // namespace cresset::crypto
