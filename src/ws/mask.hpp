#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace cresset::ws {

using mask_key = std::array<char, 4>;

// Masks or unmasks in place (RFC 6455, section 5.3: the same operation). `phase` is how many
// bytes of the payload came before these: a payload may be done in pieces.
void unmask(std::span<char> bytes, const mask_key& key, std::size_t phase = 0) noexcept;

} // namespace cresset::ws
