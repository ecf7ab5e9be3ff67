#pragma once

#include <cstdint>

namespace cresset {

// What a server writes to standard error.
enum class log_level : std::uint8_t
{
    debug,
    info,
    warn,
    error,
    off
};

// Lines for people, or one JSON object a line.
enum class log_format : std::uint8_t
{
    text,
    json
};

} // namespace cresset
