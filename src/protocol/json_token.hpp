#pragma once

namespace cresset::protocol {

// The tokens of JSON that are not one character (RFC 8259, sections 3, 6 and 7). Each function
// gives where the token that begins at `at` ends; nullptr if no valid one begins there or the text
// ends within it. UTF-8 is not checked.

// A string, quotes included. Lone surrogates may be escaped, as JSON.parse allows them.
const char* skip_json_string(const char* at, const char* end) noexcept;

// A string, a number of any size, true, false or null.
const char* skip_json_scalar(const char* at, const char* end) noexcept;

} // namespace cresset::protocol
