#pragma once

#include "base/ip_address.hpp"

#include <string_view>
#include <vector>

namespace cresset::base {

// The addresses that begin with the same bits: "10.0.0.0/8", "2001:db8::/32", or one address alone.
// Those of IPv4 are in none of IPv6, "::/0" included.
class ip_prefix
{
public:
    // Throws std::invalid_argument with what is wrong, to follow the text: "must be ...".
    static ip_prefix parse(std::string_view text);

    bool contains(const ip_address& address) const noexcept;

    std::string to_string() const;

private:
    ip_prefix(const ip_address& first, unsigned bits) noexcept : first_(first), bits_(bits) {}

    ip_address first_;
    unsigned bits_; // of the 128
};

using ip_prefixes = std::vector<ip_prefix>;

bool contain(const ip_prefixes& prefixes, const ip_address& address) noexcept;

} // namespace cresset::base
