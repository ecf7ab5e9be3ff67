#pragma once

#include "base/ip_address.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cresset::net {

// Reads the header by which a proxy says whose connection it passes on: the PROXY protocol of
// HAProxy, versions 1 and 2. It comes before all else on a connection, TLS included.
//
//     PROXY TCP4 203.0.113.9 192.0.2.1 51234 443 CR LF          version 1, up to 107 bytes
//     PROXY UNKNOWN ... CR LF
//
//     0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a                       version 2
//     2 | command     0 LOCAL: the proxy for itself, 1 PROXY
//     family | 1      1 IPv4, 2 IPv6, 3 Unix, over a stream; 00 unknown
//     length          two bytes, of all that follows
//     source, destination, source port, destination port        4 4 2 2, or 16 16 2 2
//     type, length, value ...                                   whatever else it says: skipped
//
// Holds a fixed number of bytes, whatever comes. What comes out depends on the bytes alone, not on
// how they were cut into pieces.
class proxy_header_reader
{
public:
    enum class status : std::uint8_t
    {
        need_more,
        complete,
        failed
    };

    // Takes bytes off the front of input; what is left after complete belongs to what follows. In
    // complete and failed it takes nothing more.
    status feed(std::string_view& input) noexcept;

    // After complete: the client's address; nothing if the proxy speaks for itself, or does not
    // know.
    const std::optional<base::ip_address>& source() const noexcept { return source_; }

private:
    static constexpr std::size_t v1_bytes_max = 107; // CR LF included

    status take(char byte) noexcept;
    status take_v1() noexcept;
    status take_v2() noexcept;
    status read_v1(std::string_view line) noexcept;
    bool begins_well_v2() const noexcept;
    status read_v2() noexcept;
    std::uint8_t octet(std::size_t at) const noexcept
    {
        return static_cast<std::uint8_t>(head_[at]);
    }
    std::size_t length_v2() const noexcept
    {
        return static_cast<std::size_t>(octet(14)) << 8 | octet(15);
    }

    std::array<char, v1_bytes_max> head_; // of version 2, what is read of it
    std::uint32_t received_ = 0;
    status status_ = status::need_more;
    std::optional<base::ip_address> source_;
};

} // namespace cresset::net
