#include "http/authority.hpp"

#include "base/ip_address.hpp"
#include "http/grammar.hpp"

#include <algorithm>
#include <charconv>

namespace cresset::http {
namespace {

constexpr std::size_t host_bytes_max = 253; // RFC 1035, section 2.3.4

// Labels of letters, digits, - and _, and perhaps a dot behind the last: "a.example" and
// "a.example." are two hosts to a browser.
bool is_name(std::string_view text) noexcept
{
    const auto is_host_char = [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
    };
    return !text.empty() && text.size() <= host_bytes_max && text.front() != '.' &&
           text.find("..") == std::string_view::npos && std::ranges::all_of(text, is_host_char);
}

// Empty if it is no host.
std::string parse_host(std::string_view text)
{
    if (text.starts_with('[') && text.ends_with(']')) {
        const std::string_view literal = text.substr(1, text.size() - 2);
        const auto address = base::ip_address::parse(literal);
        if (!address || literal.find(':') == std::string_view::npos)
            return {};
        return '[' + address->to_string() + ']';
    }
    if (!is_name(text))
        return {};
    std::string host(text);
    std::ranges::transform(host, host.begin(), to_lower);
    return host;
}

// 0 if it is none: in decimal, without zeros before it.
std::uint16_t parse_port(std::string_view digits) noexcept
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    return whole && digits.front() != '0' ? port : 0;
}

} // namespace

std::optional<authority> parse_authority(std::string_view text)
{
    authority parsed;
    const std::size_t colon = text.rfind(':');
    if (colon != std::string_view::npos && !text.ends_with(']')) {
        parsed.port = parse_port(text.substr(colon + 1));
        text = text.substr(0, colon);
    }
    parsed.host = parse_host(text);
    if (parsed.host.empty() || parsed.port == 0)
        return std::nullopt;
    return parsed;
}

} // namespace cresset::http
