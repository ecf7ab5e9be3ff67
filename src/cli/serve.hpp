#pragma once

#include "cli/exit_status.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace cresset::cli {

// Adds `serve` to the program: runs a server until SIGINT or SIGTERM. `args` are those behind its
// name, if it was chosen; then the status is set.
void add_serve(CLI::App& program, std::vector<std::string> args, exit_status& status);

} // namespace cresset::cli
