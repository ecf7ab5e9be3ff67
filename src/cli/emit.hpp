#pragma once

#include "cli/exit_status.hpp"

#include <CLI/CLI.hpp>

namespace cresset::cli {

// Adds `emit` to the program: sends to the clients of a fleet through Redis. The status is set when
// the subcommand was chosen.
void add_emit(CLI::App& program, exit_status& status);

} // namespace cresset::cli
