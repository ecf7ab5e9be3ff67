#pragma once

#include <cstdint>
#include <string_view>

namespace cresset::ws {

// Checks UTF-8 (RFC 3629) that arrives in pieces; a sequence may be cut anywhere. Fails at the
// first byte that no valid text can have there, so ED A0 fails without its third byte.
// Once failed it stays failed.
class utf8_validator
{
public:
    // False as soon as all that was fed is no prefix of valid UTF-8.
    bool feed(std::string_view piece) noexcept;

    // Whether what was fed is valid as it stands: not failed, not inside a sequence.
    bool complete() const noexcept { return missing_ == 0; }

private:
    bool begin_sequence(std::uint8_t lead) noexcept;
    bool feed_byte(std::uint8_t byte) noexcept;
    bool feed_bytes(std::string_view piece) noexcept;
    bool fail() noexcept;

    std::uint8_t missing_ = 0; // continuation bytes still to come
    std::uint8_t low_ = 0x80;  // the next of them is in [low_, high_]; nothing is, once failed
    std::uint8_t high_ = 0xbf;
};

} // namespace cresset::ws
