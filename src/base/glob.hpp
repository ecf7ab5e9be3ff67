#pragma once

#include <string_view>

namespace cresset::base {

// True if all of text fits the pattern: '*' stands for any characters, none included, '?' for one
// byte, everything else for itself. Takes at most pattern times text steps.
bool glob_match(std::string_view pattern, std::string_view text) noexcept;

} // namespace cresset::base
