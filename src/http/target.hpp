#pragma once

#include <string_view>

namespace cresset::http {

// The parts of a request target (RFC 9112, section 3.2):
//
//     /where?now                    origin-form
//     http://host:80/where?now      absolute-form: what proxies are sent, and servers must take
//     *                             asterisk-form: OPTIONS for the server itself
//
// Views into the target, or of a constant.
struct target_parts
{
    bool absolute = false;
    std::string_view authority; // "host:80"; empty unless absolute
    std::string_view path;      // without the query string
};

// Any text has parts; whether it is a good target is for request_rules to say.
target_parts split_target(std::string_view target) noexcept;

} // namespace cresset::http
