#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cresset::cli {

// The name that is most like one that isn't known, by the number of letters that are other, missing
// or too many; empty if none is near.
std::string nearest(std::string_view unknown, const std::vector<std::string>& known);

} // namespace cresset::cli
