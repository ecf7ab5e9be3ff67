#pragma once

#include "standalone/api_keys.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace cresset::cli {

// NAME:SCOPES=FILE each.
void add_api_flags(CLI::App& app, std::vector<std::string>& keys);

// Reads the keys. Throws what is derived from std::exception, with a line for people, which shows
// nothing of a key.
standalone::api_keys make_api_keys(const std::vector<std::string>& given);

} // namespace cresset::cli
