#pragma once

#include "cli/exit_status.hpp"

#include <CLI/CLI.hpp>

namespace cresset::cli {

// Adds the command `token`; what it ends with is left in `status`.
void add_token(CLI::App& program, exit_status& status);

} // namespace cresset::cli
