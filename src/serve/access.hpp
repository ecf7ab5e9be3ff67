#pragma once

#include "base/ip_prefix.hpp"
#include "http/origin_rules.hpp"

#include <string>
#include <vector>

namespace cresset::serve {

// These throw option_error for what can't work; `option` is what it is called where it was given.
http::origin_rules make_origin_rules(const std::vector<std::string>& patterns, bool required,
                                     const char* option);

// Addresses and ranges; "loopback" is 127.0.0.0/8 and ::1.
base::ip_prefixes make_trusted_proxies(const std::vector<std::string>& given, const char* option);

} // namespace cresset::serve
