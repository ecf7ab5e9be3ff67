#pragma once

#include "cli/exit_status.hpp"

#include <CLI/CLI.hpp>

namespace cresset::cli {

// Adds `serve` to the program: runs a server until SIGINT or SIGTERM. The status is set when the
// subcommand was chosen.
void add_serve(CLI::App& program, exit_status& status);

} // namespace cresset::cli
