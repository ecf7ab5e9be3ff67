#pragma once

#include "jwt/refusal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cresset::jwt {

// A token taken apart, and nothing of it believed yet (RFC 7515, section 7.1):
//
//     eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ . eyJleHAiOjE3OTU4NDQ0MDB9 . tHk...
//     header: {"alg":"ES256","kid":"a"}    payload: {"exp":1795844400}   signature
//     ------------------ this is what was signed -----------------
//
// The views live as long as the token's text.
struct signed_token
{
    std::string_view text;
    std::string_view signed_text;
    std::string algorithm;
    std::optional<std::string> key_id;
    std::string payload;
    std::string signature;
};

// Of the header only alg, kid and typ mean something. A key, or where to fetch one (jwk, jku, x5c,
// x5u), is passed over: who signs a token may not say by which key it is verified.
result<signed_token> read_token(std::string_view text);

} // namespace cresset::jwt
