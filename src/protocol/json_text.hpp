#pragma once

#include <string_view>

namespace cresset::protocol {

// Whether the text is one JSON value (RFC 8259) in UTF-8, of at most json_depth_max levels.
bool is_json_text(std::string_view text);

} // namespace cresset::protocol
