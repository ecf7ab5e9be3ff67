#pragma once

#include "cli/configure.hpp"
#include "cli/serve_flags.hpp"

#include <string>
#include <vector>

namespace cresset::cli {

// What may be meant so, and mostly isn't: a line each, with where it was set.
std::vector<std::string> find_risks(const serve_flags& flags, const configuration& from);

} // namespace cresset::cli
