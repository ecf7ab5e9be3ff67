#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cresset::crypto {

// Base64 with padding, on one line (RFC 4648, section 4).
std::string base64_encode(std::span<const unsigned char> bytes);

// Characters of so many bytes encoded.
constexpr std::size_t base64_size(std::size_t bytes) noexcept
{
    return (bytes + 2) / 3 * 4;
}

// Writes base64_size(bytes.size()) characters, and a NUL behind them.
void base64_encode(std::span<const unsigned char> bytes, char* out) noexcept;

// Nothing but what base64_encode makes, of at least one byte: no spaces, no missing padding, and no
// bits behind the end.
std::optional<std::string> base64_decode(std::string_view text);

// The same into a buffer whose memory is used again; false for what is not base64.
[[nodiscard]] bool base64_decode(std::string_view text, std::string& into);

} // namespace cresset::crypto
