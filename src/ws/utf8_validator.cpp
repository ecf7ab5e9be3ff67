#include "ws/utf8_validator.hpp"

#include <simdjson.h>

#include <cstring>

namespace cresset::ws {
namespace {

// Below this, stepping through the bytes costs less than calling simdjson.
constexpr std::size_t bulk_bytes_min = 16;

std::size_t ascii_prefix(std::string_view text) noexcept
{
    std::size_t size = 0;
    while (text.size() - size >= sizeof(std::uint64_t)) {
        std::uint64_t word;
        std::memcpy(&word, text.data() + size, sizeof word);
        if ((word & 0x8080808080808080u) != 0)
            break;
        size += sizeof word;
    }
    return size;
}

std::size_t sequence_size(std::uint8_t lead) noexcept
{
    if (lead >= 0xf0)
        return 4;
    return lead >= 0xe0 ? 3 : 2;
}

// The size of the sequence that the text's end cuts off, 0 if there is none. What it says of
// invalid text does not matter: both parts are checked.
std::size_t cut_off_tail(std::string_view text) noexcept
{
    for (std::size_t size = 1; size <= 3 && size <= text.size(); ++size) {
        const auto byte = static_cast<std::uint8_t>(text[text.size() - size]);
        if (byte < 0x80)
            return 0;
        if (byte >= 0xc0)
            return sequence_size(byte) > size ? size : 0;
    }
    return 0;
}

} // namespace

bool utf8_validator::fail() noexcept
{
    missing_ = 1;
    low_ = 1;
    high_ = 0;
    return false;
}

// The table of RFC 3629, section 4: the narrowed second byte keeps out overlong forms (E0, F0),
// surrogates (ED) and what lies beyond U+10FFFF (F4).
bool utf8_validator::begin_sequence(std::uint8_t lead) noexcept
{
    if (lead < 0xc2 || lead > 0xf4)
        return fail();
    missing_ = static_cast<std::uint8_t>(sequence_size(lead) - 1);
    low_ = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    high_ = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    return true;
}

bool utf8_validator::feed_byte(std::uint8_t byte) noexcept
{
    if (missing_ == 0)
        return byte < 0x80 || begin_sequence(byte);
    if (byte < low_ || byte > high_)
        return fail();
    --missing_;
    low_ = 0x80;
    high_ = 0xbf;
    return true;
}

bool utf8_validator::feed_bytes(std::string_view piece) noexcept
{
    for (const char c : piece)
        if (!feed_byte(static_cast<std::uint8_t>(c)))
            return false;
    return true;
}

bool utf8_validator::feed(std::string_view piece) noexcept
{
    if (low_ > high_)
        return false;
    for (; missing_ > 0 && !piece.empty(); piece.remove_prefix(1))
        if (!feed_byte(static_cast<std::uint8_t>(piece.front())))
            return false;

    piece.remove_prefix(ascii_prefix(piece));
    if (piece.size() < bulk_bytes_min)
        return feed_bytes(piece);

    const std::size_t bulk = piece.size() - cut_off_tail(piece);
    if (!simdjson::validate_utf8(piece.data(), bulk))
        return fail();
    return feed_bytes(piece.substr(bulk));
}

} // namespace cresset::ws
