#pragma once

#include "jwt/claims.hpp"
#include "jwt/refusal.hpp"
#include "jwt/rules.hpp"

#include <boost/json/object.hpp>

namespace cresset::jwt {

// Holds what a token says to the rules (RFC 7519, section 4.1), once its signature is known to be
// good. A registered claim of another type than the RFC's makes the token malformed.
result<claims> check_claims(boost::json::object members, const rules& asked, instant now);

} // namespace cresset::jwt
