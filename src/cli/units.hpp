#pragma once

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace cresset::cli {

// Flags with a unit in their value, in every program in the same way.

// "250ms", "5s", "2m"; a number alone is an error, since nobody can tell what it means.
CLI::Option* add_duration(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                          const std::string& description);

// "512", "64KiB", "16MiB"; a number alone is bytes.
CLI::Option* add_bytes(CLI::App& app, const std::string& name, std::size_t& value,
                       const std::string& description);

} // namespace cresset::cli
