#include "jwt/claim_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace cresset::jwt {
namespace {

namespace json = boost::json;
using trouble = std::optional<refusal>;

// The year 9999 in seconds. A date beyond it is a mistake, in milliseconds say, or no expiry at
// all.
constexpr double date_max = 253402300799.0;

// The dates of a token; none where it doesn't say.
struct dates
{
    std::optional<instant> expires, begins, issued;
};

// Seconds since 1970, whole or not (RFC 7519, section 2, NumericDate). False for anything else.
bool read_date(const json::object& members, std::string_view name, std::optional<instant>& into)
{
    const json::value* const found = members.if_contains(name);
    if (!found)
        return true;
    if (!found->is_number())
        return false;
    const auto seconds = found->to_number<double>(); // exact to the millisecond within the bounds
    if (!(std::abs(seconds) <= date_max))
        return false;
    into = instant(std::chrono::milliseconds(std::llround(std::floor(seconds * 1000))));
    return true;
}

trouble check_dates(const dates& said, const rules& asked, instant now)
{
    if (!said.expires && asked.expiry_required)
        return refusal::missing_claim;
    if (said.expires && now >= *said.expires + asked.leeway)
        return refusal::expired;
    if (said.begins && now + asked.leeway < *said.begins)
        return refusal::not_yet_valid;
    if (asked.future_issue_refused && said.issued && now + asked.leeway < *said.issued)
        return refusal::issued_in_future;
    return std::nullopt;
}

bool is_text(const json::value& value)
{
    return value.is_string();
}

bool is_text_or_absent(const json::object& members, std::string_view name)
{
    const json::value* const found = members.if_contains(name);
    return !found || found->is_string();
}

// A string or an array of strings.
bool is_audience(const json::value& said)
{
    return said.is_string() || (said.is_array() && std::ranges::all_of(said.get_array(), is_text));
}

bool has_types(const json::object& members)
{
    const json::value* const audience = members.if_contains("aud");
    return is_text_or_absent(members, "iss") && is_text_or_absent(members, "sub") &&
           is_text_or_absent(members, "jti") && (!audience || is_audience(*audience));
}

bool is_one_of(const json::value& text, const std::vector<std::string>& names)
{
    return std::ranges::find(names, std::string_view(text.get_string())) != names.end();
}

trouble check_issuer(const json::object& members, const rules& asked)
{
    if (asked.issuers.empty())
        return std::nullopt;
    const json::value* const issuer = members.if_contains("iss");
    if (!issuer)
        return refusal::missing_claim;
    return is_one_of(*issuer, asked.issuers) ? std::nullopt : trouble(refusal::wrong_issuer);
}

bool is_for(const json::value& audience, const std::vector<std::string>& names)
{
    if (audience.is_string())
        return is_one_of(audience, names);
    return std::ranges::any_of(audience.get_array(),
                               [&](const json::value& each) { return is_one_of(each, names); });
}

trouble check_audience(const json::object& members, const rules& asked)
{
    const json::value* const audience = members.if_contains("aud");
    if (!audience)
        return asked.audiences.empty() ? std::nullopt : trouble(refusal::missing_claim);
    return is_for(*audience, asked.audiences) ? std::nullopt : trouble(refusal::wrong_audience);
}

bool has_claim(const json::object& members, std::string_view name)
{
    const json::value* const found = members.if_contains(name);
    return found && !found->is_null() && !(found->is_string() && found->get_string().empty());
}

trouble check_required(const json::object& members, const rules& asked)
{
    const bool all = std::ranges::all_of(
        asked.required_claims, [&](const auto& name) { return has_claim(members, name); });
    return all ? std::nullopt : trouble(refusal::missing_claim);
}

} // namespace

result<claims> check_claims(json::object members, const rules& asked, instant now)
{
    dates said;
    if (!has_types(members) || !read_date(members, "exp", said.expires) ||
        !read_date(members, "nbf", said.begins) || !read_date(members, "iat", said.issued))
        return refusal::malformed;
    if (const trouble why = check_dates(said, asked, now))
        return *why;
    if (const trouble why = check_issuer(members, asked))
        return *why;
    if (const trouble why = check_audience(members, asked))
        return *why;
    if (const trouble why = check_required(members, asked))
        return *why;
    return claims{std::move(members), said.expires};
}

} // namespace cresset::jwt
