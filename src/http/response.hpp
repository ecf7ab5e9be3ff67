#pragma once

#include <cresset/http.hpp>
#include <string>
#include <string_view>

namespace cresset::http {

// "404 Not Found" and a line that says why: what every refused request gets.
response error_response(unsigned status, std::string_view why);

// Empty for statuses that this server has no use for.
std::string_view reason_phrase(unsigned status) noexcept;

// The bytes to send. `with_body` is false in answer to HEAD: the length is told, the body left out.
// Statuses 101, 204 and 304 have neither. CR, LF and NUL in headers are sent as spaces.
std::string serialize(const response& answer, bool keep_alive, bool with_body);

} // namespace cresset::http
