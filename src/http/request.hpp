#pragma once

#include <cresset/http.hpp>
#include <string_view>

namespace cresset::http {

// True if the comma-separated list (RFC 9110, section 5.6.1) has the token, in any case of letters.
bool has_token(std::string_view list, std::string_view token) noexcept;

} // namespace cresset::http
