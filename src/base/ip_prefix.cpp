#include "base/ip_prefix.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace cresset::base {
namespace {

constexpr unsigned all_bits = 128;
constexpr unsigned bits_before_v4 = 96;

// The first `count` bits alone; the others are 0.
ip_address first_bits(const ip_address& of, unsigned count) noexcept
{
    std::array<std::uint8_t, 16> bytes = of.bytes();
    for (unsigned i = 0; i < bytes.size(); ++i) {
        const unsigned kept = std::min(count - std::min(count, i * 8), 8U);
        bytes[i] &= static_cast<std::uint8_t>(0xff00U >> kept);
    }
    return ip_address::v6(bytes.data());
}

// A decimal number, or all bits where there is none.
unsigned parse_bits(std::string_view digits, unsigned most)
{
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || end != digits.data() + digits.size() || bits > most)
        throw std::invalid_argument("must have a number of bits up to " + std::to_string(most) +
                                    " behind the /");
    return bits;
}

} // namespace

ip_prefix ip_prefix::parse(std::string_view text)
{
    const std::size_t slash = text.find('/');
    const std::string_view literal = text.substr(0, slash);
    const auto address = ip_address::parse(literal);
    if (!address)
        throw std::invalid_argument("must be an address, or the first of a range and its bits, "
                                    "such as 10.0.0.0/8");
    const unsigned before = literal.find(':') == std::string_view::npos ? bits_before_v4 : 0;
    unsigned bits = all_bits;
    if (slash != std::string_view::npos)
        bits = before + parse_bits(text.substr(slash + 1), all_bits - before);
    const ip_address first = first_bits(*address, bits);
    if (first != *address) // what was meant: the range, or the one host?
        throw std::invalid_argument("names a host of a range; the range is " +
                                    ip_prefix(first, bits).to_string());
    return {first, bits};
}

bool ip_prefix::contains(const ip_address& address) const noexcept
{
    return first_bits(address, bits_) == first_ && address.is_v4() == first_.is_v4();
}

std::string ip_prefix::to_string() const
{
    return first_.to_string() + '/' +
           std::to_string(first_.is_v4() ? bits_ - bits_before_v4 : bits_);
}

bool contain(const ip_prefixes& prefixes, const ip_address& address) noexcept
{
    return std::ranges::any_of(prefixes,
                               [&](const ip_prefix& each) { return each.contains(address); });
}

} // namespace cresset::base
