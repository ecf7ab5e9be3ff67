#pragma once

#include <simdjson.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace cresset::fuzz {

// The second opinion on JSON: simdjson's parser, which converts everything.
namespace dom = simdjson::dom;

// What may be beyond a double: 19 digits in a row, or 3 of an exponent.
inline bool has_large_number(std::string_view text)
{
    std::size_t digits = 0;
    bool in_exponent = false;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            if (++digits >= (in_exponent ? 3u : 19u))
                return true;
            continue;
        }
        const bool sign = c == '+' || c == '-';
        in_exponent = c == 'e' || c == 'E' || (in_exponent && digits == 0 && sign);
        digits = 0;
    }
    return false;
}

// simdjson converts everything, so it has no place for some texts that JSON.parse takes. Of large
// numbers it says what its version says.
inline bool may_refuse(std::string_view text, simdjson::error_code error)
{
    if (error == simdjson::STRING_ERROR) // a lone surrogate
        return text.find("\\ud") != text.npos || text.find("\\uD") != text.npos;
    return error == simdjson::DEPTH_ERROR || has_large_number(text);
}

// The string that the last member of that name is, else empty.
inline std::string_view last_string(const dom::object& object, std::string_view name)
{
    std::string_view text;
    for (const auto [key, value] : object) {
        if (key == name)
            text = value.is_string() ? std::string_view(value) : std::string_view();
    }
    return text;
}

// Whether the raw value says what the last member of that name does; empty, that there is none.
inline bool says_the_same(std::string_view raw, const dom::object& object, std::string_view name)
{
    dom::parser parser;
    const std::string again = raw.empty() ? "" : simdjson::to_string(parser.parse(raw).value());
    std::string last;
    for (const auto [key, value] : object) {
        if (key == name)
            last = simdjson::to_string(value);
    }
    return again == last;
}

} // namespace cresset::fuzz
