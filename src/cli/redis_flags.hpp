#pragma once

#include <CLI/CLI.hpp>

#include <cresset/redis.hpp>

namespace cresset::cli {

// The flags by which every subcommand is told where Redis is and how to reach it. Returns that of
// its URL.
CLI::Option* add_redis_flags(CLI::App& app, redis_options& redis,
                             const std::string& what_it_is_for);

} // namespace cresset::cli
