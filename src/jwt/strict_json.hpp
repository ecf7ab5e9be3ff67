#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string_view>

namespace cresset::jwt {

// More levels of arrays and objects than this are refused; claims of the well-known issuers have
// three or four.
inline constexpr int json_depth_max = 16;

// One JSON object in UTF-8 and nothing else, as RFC 8259 has it, in which no object has a name
// twice: another reader might take the other one (RFC 7515, section 4; RFC 8725, section 2.4).
std::optional<boost::json::object> parse_object(std::string_view text);

} // namespace cresset::jwt
