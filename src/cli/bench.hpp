#pragma once

#include "cli/exit_status.hpp"

#include <CLI/CLI.hpp>

namespace cresset::cli {

// Adds `bench` to the program, with a subcommand for each mode: puts load on a server and reports.
// The status is set when the subcommand was chosen.
void add_bench(CLI::App& program, exit_status& status);

} // namespace cresset::cli
