#pragma once

#include <chrono>
#include <string>

namespace cresset::http {

// IMF-fixdate, the form of dates in headers: "Sun, 06 Nov 1994 08:49:37 GMT"
// (RFC 9110, section 5.6.7).
std::string to_imf_fixdate(std::chrono::system_clock::time_point time);

} // namespace cresset::http
