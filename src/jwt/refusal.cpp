#include "jwt/refusal.hpp"

namespace cresset::jwt {

std::string_view to_string(refusal why) noexcept
{
    switch (why) {
    case refusal::too_large:
        return "token too large";
    case refusal::malformed:
        return "malformed token";
    case refusal::unsupported:
        return "unsupported token";
    case refusal::wrong_type:
        return "wrong type of token";
    case refusal::algorithm_not_allowed:
        return "algorithm not allowed";
    case refusal::unknown_key:
        return "unknown key";
    case refusal::ambiguous_key:
        return "ambiguous key";
    case refusal::bad_signature:
        return "bad signature";
    case refusal::missing_claim:
        return "missing claim";
    case refusal::expired:
        return "expired";
    case refusal::not_yet_valid:
        return "not yet valid";
    case refusal::issued_in_future:
        return "issued in the future";
    case refusal::wrong_issuer:
        return "wrong issuer";
    case refusal::wrong_audience:
        return "wrong audience";
    }
    return "refused";
}

} // namespace cresset::jwt
