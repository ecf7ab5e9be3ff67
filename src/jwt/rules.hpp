#pragma once

#include "jwt/algorithm.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace cresset::jwt {

// What is asked of a token beyond its signature.
struct rules
{
    // Empty: those that the keys are for.
    std::vector<algorithm> algorithms;

    // One of them has to be `iss`. Empty: whoever has the key may issue.
    std::vector<std::string> issuers;

    // One of them has to be in `aud`. Empty: only tokens without `aud`, since one that names an
    // audience is for somebody else (RFC 7519, section 4.1.3).
    std::vector<std::string> audiences;

    // Have to be there, neither null nor an empty string.
    std::vector<std::string> required_claims;

    bool expiry_required = true;

    // An issuer whose clock is ahead by more than the leeway does no harm by itself.
    bool future_issue_refused = false;

    // What clocks may differ by.
    std::chrono::seconds leeway{60};

    // Tokens have half a kilobyte, with many groups two or three.
    std::size_t token_bytes_max = 8 * 1024;
};

} // namespace cresset::jwt
