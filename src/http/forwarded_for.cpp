#include "http/forwarded_for.hpp"

#include "http/grammar.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace cresset::http {
namespace {

bool is_port(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

// "203.0.113.9", "2001:db8::9", and with brackets or a port as some proxies write them.
std::optional<base::ip_address> parse_hop(std::string_view text) noexcept
{
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos)
            return std::nullopt;
        const std::string_view behind = text.substr(end + 1);
        if (!behind.empty() && (behind.front() != ':' || !is_port(behind.substr(1))))
            return std::nullopt;
        text = text.substr(1, end - 1);
        return text.find(':') == std::string_view::npos ? std::nullopt
                                                        : base::ip_address::parse(text);
    }
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
        if (!is_port(text.substr(colon + 1)))
            return std::nullopt;
        text = text.substr(0, colon);
    }
    return base::ip_address::parse(text);
}

} // namespace

base::ip_address client_of(const request& asked, const base::ip_address& peer,
                           const base::ip_prefixes& trusted)
{
    base::ip_address client = peer;
    if (!contain(trusted, client))
        return client;
    for (auto each = asked.headers.rbegin(); each != asked.headers.rend(); ++each) {
        if (!iequals(each->name, "X-Forwarded-For"))
            continue;
        // An empty place is one that a proxy could not fill: what stands before it is not its word.
        std::string_view list = each->value;
        for (std::size_t comma = 0; comma != std::string_view::npos;) {
            comma = list.rfind(',');
            const auto hop =
                parse_hop(trim(comma == std::string_view::npos ? list : list.substr(comma + 1)));
            if (!hop)
                return client;
            client = *hop;
            if (!contain(trusted, client))
                return client;
            list = list.substr(0, comma);
        }
    }
    return client;
}

} // namespace cresset::http
