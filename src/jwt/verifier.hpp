#pragma once

#include "jwt/claims.hpp"
#include "jwt/key_set.hpp"
#include "jwt/refusal.hpp"
#include "jwt/rules.hpp"
#include "jwt/signed_token.hpp"

#include <chrono>
#include <string_view>

namespace cresset::jwt {

// Tells which tokens to believe (RFC 7519, in the compact form of RFC 7515, as RFC 8725 advises).
// Never changes: when an issuer has new keys, make another. Any number of threads may use it.
class verifier
{
public:
    explicit verifier(key_set keys, rules asked = {});

    // What the token says, or why it is not believed. The signature comes first: of a token that
    // nobody is known to have signed, nothing is told but that.
    result<claims> verify(std::string_view token, std::chrono::system_clock::time_point now) const;

private:
    bool allows(algorithm by) const noexcept;
    std::optional<refusal> check_signature(const signed_token& token) const;

    key_set keys_;
    rules rules_;
};

} // namespace cresset::jwt
