#include "jwt/verifier.hpp"

#include "jwt/claim_check.hpp"
#include "jwt/strict_json.hpp"

#include <algorithm>
#include <utility>

namespace cresset::jwt {

verifier::verifier(key_set keys, rules asked) : keys_(std::move(keys)), rules_(std::move(asked)) {}

result<claims> verifier::verify(std::string_view token,
                                std::chrono::system_clock::time_point now) const
{
    if (token.size() > rules_.token_bytes_max)
        return refusal::too_large;
    const auto read = read_token(token);
    if (!read)
        return read.error();
    if (const auto why = check_signature(*read))
        return *why;
    auto members = parse_object(read->payload);
    if (!members)
        return refusal::malformed;
    return check_claims(*std::move(members), rules_,
                        std::chrono::floor<std::chrono::milliseconds>(now));
}

bool verifier::allows(algorithm by) const noexcept
{
    return keys_.may_use(by) &&
           (rules_.algorithms.empty() ||
            std::ranges::find(rules_.algorithms, by) != rules_.algorithms.end());
}

std::optional<refusal> verifier::check_signature(const signed_token& token) const
{
    const auto by = algorithm_named(token.algorithm);
    if (!by || !allows(*by))
        return refusal::algorithm_not_allowed;
    const auto candidates = keys_.find(token.key_id, *by);
    if (!candidates)
        return candidates.error();
    const bool good = std::ranges::any_of(
        *candidates, [&](const key* each) { return each->has_signed(token, *by); });
    if (good)
        return std::nullopt;
    // Keys without an id were tried for it, and yet the issuer may have a newer one.
    const bool may_be_newer = token.key_id && !keys_.knows(*token.key_id);
    return may_be_newer ? refusal::unknown_key : refusal::bad_signature;
}

} // namespace cresset::jwt
