#include "jwt/signed_token.hpp"

#include "jwt/base64url.hpp"
#include "jwt/strict_json.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <utility>

namespace cresset::jwt {
namespace {

namespace json = boost::json;

// What changes how the rest is to be read (RFC 7515, section 4.1.11; RFC 7797; RFC 7516), or says
// that the payload is another token (RFC 7519, section 5.2).
constexpr std::string_view not_understood[] = {"crit", "b64", "cty", "enc", "zip"};

// Types of their own keep tokens that the same issuer signs for something else from being taken
// for access (RFC 8725, section 3.11; RFC 9068, section 2.1).
constexpr std::string_view types[] = {"jwt", "at+jwt"};

// Types are those of media, in any case of letters, and mostly without their first half (RFC 7515,
// section 4.1.9).
bool is_for_access(std::string_view type)
{
    constexpr std::string_view first_half = "application/";
    if (boost::algorithm::istarts_with(type, first_half))
        type.remove_prefix(first_half.size());
    return std::ranges::any_of(
        types, [&](std::string_view each) { return boost::algorithm::iequals(type, each); });
}

bool is_understood(const json::object& header)
{
    return std::ranges::none_of(not_understood,
                                [&](std::string_view name) { return header.contains(name); });
}

// The string of that name. False for another value than a string.
bool read_string(const json::object& header, std::string_view name,
                 std::optional<std::string>& into)
{
    const json::value* const found = header.if_contains(name);
    if (!found)
        return true;
    if (!found->is_string())
        return false;
    into = found->get_string();
    return true;
}

std::optional<refusal> read_header(std::string_view segment, signed_token& token)
{
    const auto text = base64url_decode(segment);
    const auto header = text ? parse_object(*text) : std::nullopt;
    if (!header)
        return refusal::malformed;
    if (!is_understood(*header))
        return refusal::unsupported;
    std::optional<std::string> algorithm;
    std::optional<std::string> type;
    if (!read_string(*header, "alg", algorithm) || !algorithm ||
        !read_string(*header, "kid", token.key_id) || !read_string(*header, "typ", type))
        return refusal::malformed;
    if (type && !is_for_access(*type))
        return refusal::wrong_type;
    token.algorithm = *std::move(algorithm);
    return std::nullopt;
}

} // namespace

result<signed_token> read_token(std::string_view text)
{
    const std::size_t first = text.find('.');
    const std::size_t last = text.rfind('.');
    if (first == last) // or none
        return refusal::malformed;
    signed_token token;
    token.text = text;
    token.signed_text = text.substr(0, last);
    if (const auto why = read_header(text.substr(0, first), token))
        return *why;
    // A third dot is no digit of base64, so there is none.
    auto payload = base64url_decode(token.signed_text.substr(first + 1));
    auto signature = base64url_decode(text.substr(last + 1));
    if (!payload || !signature)
        return refusal::malformed;
    token.payload = *std::move(payload);
    token.signature = *std::move(signature);
    return token;
}

} // namespace cresset::jwt
