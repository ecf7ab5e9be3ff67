#include "http/origin_rules.hpp"

#include "base/ip_address.hpp"
#include "http/authority.hpp"
#include "http/target.hpp"

#include <algorithm>
#include <stdexcept>

namespace cresset::http {
namespace {

[[noreturn]] void complain(std::string_view pattern, std::string_view why)
{
    throw std::invalid_argument('"' + std::string(pattern) + "\" " + std::string(why));
}

// The scheme is not compared beyond its port: behind a proxy that ends TLS, nobody here knows how
// the page's own host is spoken to.
bool is_same_host(const origin& from, const request& asked)
{
    if (from.scheme != "http" && from.scheme != "https")
        return false;
    const target_parts target = split_target(asked.target);
    const std::string* const host = asked.find("Host");
    // RFC 9112, section 3.2.2.
    const auto to = parse_authority(target.absolute ? target.authority
                                    : host          ? std::string_view(*host)
                                                    : std::string_view());
    return to && to->host == from.host && to->port.value_or(default_port(from.scheme)) == from.port;
}

} // namespace

origin_rules::origin_rules(const std::vector<std::string>& patterns, bool required)
    : required_(required)
{
    for (const std::string& text : patterns)
        if (text == "*")
            everybody_ = true;
        else
            patterns_.push_back(parse(text));
}

refusal origin_rules::check(const request& asked) const
{
    const std::size_t origins = asked.count("Origin");
    if (origins > 1)
        return {403, "more than one Origin header"};
    if (origins == 0 && required_)
        return {403, "no Origin header, which is required here"};
    if (origins == 1 && !allows(*asked.find("Origin"), asked))
        return {403, "pages of this origin may not connect here"};
    return {};
}

bool origin_rules::allows(std::string_view text, const request& asked) const
{
    if (everybody_)
        return true;
    const auto from = parse_origin(text);
    if (!from)
        return false;
    if (patterns_.empty())
        return is_same_host(*from, asked);
    return std::ranges::any_of(patterns_, [&](const pattern& each) { return each.fits(*from); });
}

bool origin_rules::pattern::fits(const origin& from) const noexcept
{
    if (from.scheme != of.scheme || (from.port != of.port && !any_port))
        return false;
    if (!subdomains)
        return from.host == of.host;
    // A host has no empty label, so with a dot before it there is one.
    return from.host.ends_with(of.host) && from.host.size() > of.host.size() &&
           from.host[from.host.size() - of.host.size() - 1] == '.';
}

origin_rules::pattern origin_rules::parse(std::string_view text)
{
    if (text == "null")
        complain(text, "is the origin of every sandboxed page: use * to let everybody in");
    const std::size_t scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos)
        complain(text, "must be a scheme and a host, such as https://chat.example.com");
    std::string_view at = text.substr(scheme_end + 3);
    if (at.find_first_of("/?#") != std::string_view::npos)
        complain(text, "must end behind the host or its port: an origin has no path");

    pattern parsed;
    parsed.any_port = at.ends_with(":*");
    if (parsed.any_port)
        at.remove_suffix(2);
    parsed.subdomains = at.starts_with("*.");
    if (parsed.subdomains)
        at.remove_prefix(2);
    const std::string_view scheme = text.substr(0, scheme_end);
    if (at.find('*') != std::string_view::npos || scheme.find('*') != std::string_view::npos)
        complain(text, "may have * only in place of its first label, of its port, or of all");
    const auto of = parse_origin(std::string(scheme) + "://" + std::string(at));
    if (!of)
        complain(text, "must be a scheme, a host and perhaps a port, such as "
                       "https://chat.example.com:8443");
    if (parsed.subdomains && (of->host.front() == '[' || base::ip_address::parse(of->host)))
        complain(text, "may not have *. before an address: nothing is below one");
    parsed.of = *of;
    return parsed;
}

} // namespace cresset::http
