#include "base/ip_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>

namespace cresset::base {
namespace {

constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

} // namespace

ip_address ip_address::v4(const void* four_bytes) noexcept
{
    ip_address result;
    std::ranges::copy(mapped, result.bytes_.begin());
    std::memcpy(result.bytes_.data() + mapped.size(), four_bytes, 4);
    return result;
}

ip_address ip_address::v6(const void* sixteen_bytes) noexcept
{
    ip_address result;
    std::memcpy(result.bytes_.data(), sixteen_bytes, result.bytes_.size());
    return result;
}

std::optional<ip_address> ip_address::parse(std::string_view text) noexcept
{
    char terminated[INET6_ADDRSTRLEN] = {}; // as inet_pton wants it
    if (text.size() >= sizeof terminated || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    std::ranges::copy(text, terminated);
    std::array<std::uint8_t, 16> bytes;
    if (inet_pton(AF_INET, terminated, bytes.data()) == 1)
        return v4(bytes.data());
    if (inet_pton(AF_INET6, terminated, bytes.data()) == 1)
        return v6(bytes.data());
    return std::nullopt;
}

bool ip_address::is_v4() const noexcept
{
    return std::equal(mapped.begin(), mapped.end(), bytes_.begin());
}

std::string ip_address::to_string() const
{
    char text[INET6_ADDRSTRLEN] = "";
    if (is_v4())
        inet_ntop(AF_INET, bytes_.data() + mapped.size(), text, sizeof text);
    else
        inet_ntop(AF_INET6, bytes_.data(), text, sizeof text);
    return text;
}

} // namespace cresset::base
