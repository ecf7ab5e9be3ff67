#include "crypto/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace cresset::crypto {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

std::size_t padding_of(std::string_view text)
{
    if (!text.ends_with('='))
        return 0;
    return text.ends_with("==") ? 2 : 1;
}

// The last digit holds 2 or 4 bits of the data; the others are zero in what an encoder makes.
bool ends_clean(std::string_view digits, std::size_t padding)
{
    const std::size_t value = alphabet.find(digits.back());
    return (value & (padding == 2 ? 0xf : padding == 1 ? 0x3 : 0)) == 0;
}

} // namespace

void base64_encode(std::span<const unsigned char> bytes, char* out) noexcept
{
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out), bytes.data(),
                    static_cast<int>(bytes.size()));
}

std::string base64_encode(std::span<const unsigned char> bytes)
{
    std::string text(base64_size(bytes.size()), '\0');
    base64_encode(bytes, text.data()); // its NUL lands in the string's own terminator
    return text;
}

std::optional<std::string> base64_decode(std::string_view text)
{
    std::string bytes;
    if (!base64_decode(text, bytes))
        return std::nullopt;
    return bytes;
}

// EVP_DecodeBlock alone takes spaces around, and bits behind the end.
bool base64_decode(std::string_view text, std::string& into)
{
    if (text.empty() || text.size() % 4 != 0)
        return false;
    const std::size_t padding = padding_of(text);
    const std::string_view digits = text.substr(0, text.size() - padding);
    if (!std::ranges::all_of(digits, is_digit) || !ends_clean(digits, padding))
        return false;
    into.resize(text.size() / 4 * 3);
    if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(into.data()),
                        reinterpret_cast<const unsigned char*>(text.data()),
                        static_cast<int>(text.size())) < 0)
        return false;
    into.resize(into.size() - padding);
    return true;
}

} // namespace cresset::crypto
