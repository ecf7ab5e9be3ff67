#pragma once

#include <CLI/CLI.hpp>

#include <cresset/limits.hpp>
#include <string>

namespace cresset::cli {

// What strangers may take, as flags of `cresset serve`.
void add_limit_flags(CLI::App& app, limits& values);

// What is wrong with them; empty if nothing is.
std::string check_limit_flags(const limits& values);

} // namespace cresset::cli
