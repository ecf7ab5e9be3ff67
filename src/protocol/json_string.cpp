#include "protocol/json_string.hpp"

#include <cstddef>
#include <cstdint>

namespace cresset::protocol {
namespace {

constexpr char32_t replacement_character = 0xfffd;

bool must_escape(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

// The letter after the backslash of a short escape, or 'u' where there is none.
char escape_letter(char c)
{
    switch (c) {
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '"':
    case '\\':
        return c;
    default:
        return 'u';
    }
}

void append_escape(std::string& out, char c)
{
    static constexpr char digits[] = "0123456789abcdef";
    const char letter = escape_letter(c);
    out += '\\';
    out += letter;
    if (letter == 'u') {
        out += "00";
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
}

char unescaped_letter(char letter)
{
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return letter; // " \ /
    }
}

char32_t hex_value(char c)
{
    if (c <= '9')
        return static_cast<char32_t>(c - '0');
    return static_cast<char32_t>((c | 0x20) - 'a' + 10);
}

void append_utf8(std::string& out, char32_t point)
{
    const auto tail = [&](unsigned shift) {
        out += static_cast<char>(0x80 | ((point >> shift) & 0x3f));
    };
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xc0 | (point >> 6));
        tail(0);
    } else if (point < 0x10000) {
        out += static_cast<char>(0xe0 | (point >> 12));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0 | (point >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

bool is_high_surrogate(char32_t unit)
{
    return unit >= 0xd800 && unit < 0xdc00;
}
bool is_low_surrogate(char32_t unit)
{
    return unit >= 0xdc00 && unit < 0xe000;
}

// The UTF-16 code unit of a \uXXXX that stands at the front of the text; 0 if none does, which is
// no surrogate either.
char32_t code_unit(std::string_view text)
{
    if (text.size() < 6 || text[0] != '\\' || text[1] != 'u')
        return 0;
    char32_t unit = 0;
    for (const char digit : text.substr(2, 4))
        unit = unit << 4 | hex_value(digit);
    return unit;
}

// Appends what the escape at the front of the text stands for; gives its length. A character
// beyond U+FFFF is two escapes (RFC 8259, section 7).
std::size_t append_unescaped(std::string& out, std::string_view text)
{
    if (text[1] != 'u') {
        out += unescaped_letter(text[1]);
        return 2;
    }
    const char32_t first = code_unit(text);
    if (!is_high_surrogate(first)) {
        append_utf8(out, is_low_surrogate(first) ? replacement_character : first);
        return 6;
    }
    const char32_t second = code_unit(text.substr(6));
    if (!is_low_surrogate(second)) {
        append_utf8(out, replacement_character);
        return 6;
    }
    append_utf8(out, 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
    return 12;
}

} // namespace

void append_json_string(std::string& out, std::string_view text)
{
    out += '"';
    std::size_t plain = 0; // where the run of bytes begins that are copied as they are
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!must_escape(text[i]))
            continue;
        out.append(text, plain, i - plain);
        append_escape(out, text[i]);
        plain = i + 1;
    }
    out.append(text, plain);
    out += '"';
}

std::string_view unescape(std::string_view raw, std::string& scratch)
{
    std::string_view text = raw.substr(1, raw.size() - 2);
    std::size_t escape = text.find('\\');
    if (escape == std::string_view::npos)
        return text;
    scratch.clear();
    while (escape != std::string_view::npos) {
        scratch.append(text, 0, escape);
        text.remove_prefix(escape);
        text.remove_prefix(append_unescaped(scratch, text));
        escape = text.find('\\');
    }
    scratch.append(text);
    return scratch;
}

std::string unescape(std::string_view raw)
{
    std::string scratch;
    return std::string(unescape(raw, scratch));
}

bool is_json_string(std::string_view raw, std::string_view wanted)
{
    const std::string_view text = raw.substr(1, raw.size() - 2);
    // An escape is longer than what it stands for, so most keys are decided by their length.
    if (text.size() <= wanted.size())
        return text == wanted;
    if (text.find('\\') == std::string_view::npos)
        return false;
    return unescape(raw) == wanted;
}

} // namespace cresset::protocol
