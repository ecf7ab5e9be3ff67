#pragma once

#include <string>
#include <string_view>

namespace cresset::protocol {

// Appends the text (UTF-8) in quotes, escaped exactly as JavaScript's JSON.stringify does: \b \f \n
// \r \t \" \\, lower-case \u00xx for the other control characters, everything else as it is.
void append_json_string(std::string& out, std::string_view text);

// A "raw" string below is a valid JSON string as it came in, quotes included.

// What the raw string says: a view into it, or into `scratch` if there was something to unescape.
// A lone surrogate (\ud800) becomes U+FFFD, so that the result is always UTF-8.
std::string_view unescape(std::string_view raw, std::string& scratch);

std::string unescape(std::string_view raw);

// True if the raw string says `wanted`, escaped or not.
bool is_json_string(std::string_view raw, std::string_view wanted);

} // namespace cresset::protocol
