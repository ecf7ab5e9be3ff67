#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cresset::http {

// Where a page comes from, as browsers say it in Origin (RFC 6454, section 6.2):
//
//     https://chat.example.com:8443
//     ------- ----------------  ----
//     scheme        host        port, if it is not the scheme's
struct origin
{
    std::string scheme; // in lower case
    std::string host;   // as an authority's
    std::uint16_t port; // 0: none is given, and the scheme has none of its own

    friend bool operator==(const origin&, const origin&) = default;
};

// 80, 443, or 0 for schemes that are not the web's.
std::uint16_t default_port(std::string_view scheme) noexcept;

// Nothing for "null", for lists, and for anything before, behind or between the parts.
std::optional<origin> parse_origin(std::string_view text);

} // namespace cresset::http
