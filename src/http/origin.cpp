#include "http/origin.hpp"

#include "http/authority.hpp"
#include "http/grammar.hpp"

#include <algorithm>
#include <utility>

namespace cresset::http {
namespace {

// RFC 3986, section 3.1.
bool is_scheme(std::string_view text) noexcept
{
    const auto is_scheme_char = [](char c) {
        return is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
    };
    return !text.empty() && is_alphanumeric(text.front()) && !is_digit(text.front()) &&
           std::ranges::all_of(text, is_scheme_char);
}

} // namespace

std::uint16_t default_port(std::string_view scheme) noexcept
{
    if (scheme == "http" || scheme == "ws")
        return 80;
    return scheme == "https" || scheme == "wss" ? 443 : 0;
}

std::optional<origin> parse_origin(std::string_view text)
{
    const std::size_t end = text.find("://");
    if (end == std::string_view::npos || !is_scheme(text.substr(0, end)))
        return std::nullopt;
    auto at = parse_authority(text.substr(end + 3));
    if (!at)
        return std::nullopt;
    std::string scheme(text.substr(0, end));
    std::ranges::transform(scheme, scheme.begin(), to_lower);
    const std::uint16_t port = at->port.value_or(default_port(scheme));
    return origin{std::move(scheme), std::move(at->host), port};
}

} // namespace cresset::http
