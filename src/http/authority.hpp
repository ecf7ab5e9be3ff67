#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cresset::http {

// host [":" port], as in Host and in an origin, read to be compared: hosts are in lower case, and
// IPv6 is in its shortest form, in brackets.
struct authority
{
    std::string host;
    std::optional<std::uint16_t> port;

    friend bool operator==(const authority&, const authority&) = default;
};

// Nothing unless it is a host as browsers write them, and a port from 1 to 65535 or none: names of
// other countries come as xn--, and user names, empty labels and empty ports are no good.
std::optional<authority> parse_authority(std::string_view text);

} // namespace cresset::http
