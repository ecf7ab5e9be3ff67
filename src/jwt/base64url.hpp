#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cresset::jwt {

// Base64 for URLs, without padding (RFC 4648, section 5; RFC 7515, section 2).
std::string base64url_encode(std::string_view bytes);

// Nothing but what base64url_encode makes of at least one byte: no padding, no spaces, no + and /,
// and no bits behind the end. So one token has one text.
std::optional<std::string> base64url_decode(std::string_view text);

} // namespace cresset::jwt
