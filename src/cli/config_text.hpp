#pragma once

#include "cli/configure.hpp"

#include <string>

namespace cresset::cli {

// A configuration file in TOML with what the settings are now, and where from. Passwords are left
// out.
std::string write_effective(const configuration& from);

// A configuration file in which every setting is explained, and none is set: each line has its
// default behind a #.
std::string write_example(const configuration& from);

} // namespace cresset::cli
