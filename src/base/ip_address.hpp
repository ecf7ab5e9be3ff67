#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cresset::base {

// The address of a host, without a port. IPv4 is kept as IPv6 keeps it (RFC 4291, section
// 2.5.5.2), so one that came mapped is the same address:
//
//     00 00 00 00 00 00 00 00 00 00 ff ff cb 00 71 09     203.0.113.9, ::ffff:203.0.113.9
class ip_address
{
public:
    // "::", which is nobody's.
    constexpr ip_address() noexcept = default;

    // In the order of the network.
    static ip_address v4(const void* four_bytes) noexcept;
    static ip_address v6(const void* sixteen_bytes) noexcept;

    // "203.0.113.9" or "2001:db8::9": no brackets, port, zone or shortened IPv4.
    static std::optional<ip_address> parse(std::string_view text) noexcept;

    bool is_v4() const noexcept;

    // What parse reads, in its shortest form.
    std::string to_string() const;

    const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }

    friend bool operator==(const ip_address&, const ip_address&) = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
};

} // namespace cresset::base
