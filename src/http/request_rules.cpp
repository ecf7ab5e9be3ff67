#include "http/request_rules.hpp"

#include "base/ip_address.hpp"
#include "http/grammar.hpp"
#include "http/target.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace cresset::http {
namespace {

constexpr auto npos = std::string_view::npos;

bool is_token(std::string_view text) noexcept
{
    return !text.empty() && std::ranges::all_of(text, is_token_char);
}

// Wider than RFC 3986, since browsers leave characters like | and ^ of a query as they are;
// those that delimit URIs in other text, and the fragment's #, never belong here.
bool is_target_char(char c) noexcept
{
    return c > ' ' && c < '\x7f' && std::string_view("\"<>#").find(c) == npos;
}

bool is_version(std::string_view text) noexcept
{
    return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
           is_digit(text[7]);
}

bool is_hex_digit(char c) noexcept
{
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}

// reg-name (RFC 3986, section 3.2.2), without the comma, which a proxy may have put between two
// hosts.
bool is_reg_name(std::string_view text) noexcept
{
    while (!text.empty()) {
        std::size_t taken = 1;
        if (text[0] == '%') {
            if (text.size() < 3 || !is_hex_digit(text[1]) || !is_hex_digit(text[2]))
                return false;
            taken = 3;
        } else if (!is_alphanumeric(text[0]) &&
                   std::string_view("-._~!$&'()*+;=").find(text[0]) == npos) {
            return false;
        }
        text.remove_prefix(taken);
    }
    return true;
}

// IPv6 in brackets. The grammar has forms of the future too, which nobody has come to need.
bool is_ip_literal(std::string_view text) noexcept
{
    if (!text.ends_with(']'))
        return false;
    const std::string_view address = text.substr(1, text.size() - 2);
    return address.find(':') != npos && base::ip_address::parse(address).has_value();
}

// uri-host [ ":" port ], or nothing at all. User names have no place here (RFC 9110, section
// 4.2.4), and a port has none without a host (section 4.2.1).
bool is_authority(std::string_view text) noexcept
{
    if (text.empty())
        return true;
    const bool bracket = text[0] == '[';
    const std::size_t close = bracket ? text.find(']') : 0;
    const std::size_t colon = close == npos ? npos : text.find(':', close);
    const std::string_view host = text.substr(0, colon);
    const std::string_view port = colon == npos ? std::string_view() : text.substr(colon + 1);
    return !host.empty() && (bracket ? is_ip_literal(host) : is_reg_name(host)) &&
           std::ranges::all_of(port, is_digit);
}

refusal check_target_form(std::string_view method, std::string_view target) noexcept
{
    if (method == "CONNECT")
        return {501, "this server is no proxy"};
    if (target.starts_with('/') || (target == "*" && method == "OPTIONS"))
        return {};
    const target_parts parts = split_target(target);
    if (!parts.absolute || parts.authority.empty() || !is_authority(parts.authority))
        return {400, "the request target is malformed"};
    return {};
}

refusal check_length_digits(std::string_view value) noexcept
{
    if (value.empty() || !std::ranges::all_of(value, is_digit))
        return {400, "Content-Length is not a number"};
    // So that no later step meets a number that overflows.
    const std::size_t first = value.find_first_not_of('0');
    if (first != npos && value.size() - first > 18)
        return {413, "the body is larger than this server takes"};
    return {};
}

refusal check_host(const request& asked) noexcept
{
    const std::size_t hosts = asked.count("Host");
    if (hosts > 1)
        return {400, "more than one Host header"};
    if (hosts == 0 && asked.http_1_1)
        return {400, "no Host header"};
    if (hosts == 0)
        return {};
    const std::string& host = *asked.find("Host");
    if (!is_authority(host))
        return {400, "the Host header is malformed"};
    // A client says the same in both (RFC 9112, section 3.2). The target alone would count, but a
    // proxy in front may have gone by the header: then the two of us serve different hosts.
    const target_parts parts = split_target(asked.target);
    if (parts.absolute && !iequals(parts.authority, host))
        return {400, "the request target and the Host header name different hosts"};
    return {};
}

// RFC 9112, section 6.3, at its strictest.
refusal check_framing(const request& asked) noexcept
{
    const std::size_t lengths = asked.count("Content-Length");
    const std::size_t codings = asked.count("Transfer-Encoding");
    if (lengths > 1)
        return {400, "more than one Content-Length header"};
    if (codings == 0)
        return {};
    if (lengths != 0)
        return {400, "both Content-Length and Transfer-Encoding"};
    if (codings > 1)
        return {400, "more than one Transfer-Encoding header"};
    if (!asked.http_1_1)
        return {400, "Transfer-Encoding with HTTP/1.0"};
    if (!iequals(*asked.find("Transfer-Encoding"), "chunked"))
        return {501, "a Transfer-Encoding other than chunked"};
    return {};
}

refusal check_length(const request& asked, std::size_t body_bytes_max) noexcept
{
    const std::string* value = asked.find("Content-Length");
    if (value == nullptr)
        return {};
    std::uint64_t length = 0;
    const auto parsed = std::from_chars(value->data(), value->data() + value->size(), length);
    if (parsed.ec != std::errc{} || length > body_bytes_max)
        return {413, "the body is larger than this server takes"};
    return {};
}

// Bodies here are small, so clients gain nothing by waiting for "100 Continue"; on 417 they send
// again without it. HTTP/1.0 has no expectations (both RFC 9110, section 10.1.1).
refusal check_expectation(const request& asked) noexcept
{
    if (asked.http_1_1 && asked.find("Expect") != nullptr)
        return {417, "expectations are not met here, send the request without"};
    return {};
}

} // namespace

refusal check_request_line(std::string_view line) noexcept
{
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == npos || first == last || !is_version(line.substr(last + 1)))
        return {400, "the request line is malformed"};
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    if (!is_token(method))
        return {400, "a character that no method has"};
    if (target.empty() || !std::ranges::all_of(target, is_target_char))
        return {400, "a character that no request target has"};
    // Before the form of the target, whose rules are this version's.
    const std::string_view version = line.substr(last + 1);
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return {505, "neither HTTP/1.1 nor HTTP/1.0"};
    return check_target_form(method, target);
}

refusal check_field_line(std::string_view line) noexcept
{
    // obs-fold, deprecated (RFC 9112, section 5.2): Beast would unfold it.
    if (line.starts_with(' ') || line.starts_with('\t'))
        return {400, "a header folded over more than one line"};
    const std::size_t colon = line.find(':');
    if (colon == npos)
        return {400, "a header without a colon"};
    // White space before the colon fails here as well (RFC 9112, section 5.1).
    const std::string_view name = line.substr(0, colon);
    if (!is_token(name))
        return {400, "a character that no header name has"};
    if (iequals(name, "Content-Length"))
        return check_length_digits(trim(line.substr(colon + 1)));
    return {};
}

refusal check_request(const request& asked, std::size_t body_bytes_max) noexcept
{
    if (const refusal found = check_host(asked))
        return found;
    if (const refusal found = check_framing(asked))
        return found;
    if (const refusal found = check_length(asked, body_bytes_max))
        return found;
    return check_expectation(asked);
}

} // namespace cresset::http
