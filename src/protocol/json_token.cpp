#include "protocol/json_token.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cresset::protocol {
namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_hex_digit(char c)
{
    const char lower = static_cast<char>(c | 0x20);
    return is_digit(c) || (lower >= 'a' && lower <= 'f');
}

bool is_escape_letter(char c)
{
    return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' ||
           c == 't';
}

// What stands for itself within a string: all but the quote, the backslash and control characters.
bool is_plain(char c)
{
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

constexpr std::uint64_t every_byte(unsigned char c)
{
    return std::uint64_t{0x0101010101010101} * c;
}

// The number of plain bytes in front of the first one that is not, of eight in the order of the
// text; 8 if all are plain. Each term sets the high bit of the byte that is below 0x20, the quote
// or the backslash; a carry may set others too, but only after the first one that is right.
unsigned count_plain(std::uint64_t bytes)
{
    if constexpr (std::endian::native == std::endian::big)
        bytes = __builtin_bswap64(bytes);
    const std::uint64_t quote = bytes ^ every_byte('"');
    const std::uint64_t backslash = bytes ^ every_byte('\\');
    const std::uint64_t found = ((bytes - every_byte(0x20)) & ~bytes) |
                                ((quote - every_byte(1)) & ~quote) |
                                ((backslash - every_byte(1)) & ~backslash);
    return static_cast<unsigned>(std::countr_zero(found & every_byte(0x80))) / 8;
}

// The first byte that is not plain, or the end.
const char* find_special(const char* at, const char* end)
{
    std::uint64_t bytes;
    while (static_cast<std::size_t>(end - at) >= sizeof bytes) {
        std::memcpy(&bytes, at, sizeof bytes);
        const unsigned plain = count_plain(bytes);
        at += plain;
        if (plain != sizeof bytes)
            return at;
    }
    while (at != end && is_plain(*at))
        ++at;
    return at;
}

bool is_at(const char* at, const char* end, char c)
{
    return at != end && *at == c;
}

// What follows the backslash: a letter, or 'u' and four digits.
const char* skip_escape(const char* at, const char* end)
{
    constexpr int digits = 4;
    if (at == end)
        return nullptr;
    if (*at != 'u')
        return is_escape_letter(*at) ? at + 1 : nullptr;
    ++at;
    if (end - at < digits)
        return nullptr;
    for (int i = 0; i < digits; ++i) {
        if (!is_hex_digit(at[i]))
            return nullptr;
    }
    return at + digits;
}

// One digit or more.
const char* skip_digits(const char* at, const char* end)
{
    const char* begin = at;
    while (at != end && is_digit(*at))
        ++at;
    return at != begin ? at : nullptr;
}

const char* skip_exponent(const char* at, const char* end)
{
    if (!is_at(at, end, 'e') && !is_at(at, end, 'E'))
        return at;
    ++at;
    if (is_at(at, end, '+') || is_at(at, end, '-'))
        ++at;
    return skip_digits(at, end);
}

// -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
const char* skip_number(const char* at, const char* end)
{
    if (is_at(at, end, '-'))
        ++at;
    at = is_at(at, end, '0') ? at + 1 : skip_digits(at, end);
    if (!at)
        return nullptr;
    if (is_at(at, end, '.')) {
        at = skip_digits(at + 1, end);
        if (!at)
            return nullptr;
    }
    return skip_exponent(at, end);
}

const char* skip_literal(const char* at, const char* end, std::string_view literal)
{
    const std::string_view rest(at, static_cast<std::size_t>(end - at));
    return rest.starts_with(literal) ? at + literal.size() : nullptr;
}

} // namespace

const char* skip_json_string(const char* at, const char* end) noexcept
{
    if (!is_at(at, end, '"'))
        return nullptr;
    ++at;
    while (at) {
        at = find_special(at, end);
        if (is_at(at, end, '"'))
            return at + 1;
        if (!is_at(at, end, '\\'))
            return nullptr;
        at = skip_escape(at + 1, end);
    }
    return nullptr;
}

const char* skip_json_scalar(const char* at, const char* end) noexcept
{
    if (at == end)
        return nullptr;
    switch (*at) {
    case '"':
        return skip_json_string(at, end);
    case 't':
        return skip_literal(at, end, "true");
    case 'f':
        return skip_literal(at, end, "false");
    case 'n':
        return skip_literal(at, end, "null");
    default:
        return skip_number(at, end);
    }
}

} // namespace cresset::protocol
