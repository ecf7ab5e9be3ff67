#pragma once

#include <chrono>
#include <string>

namespace cresset::base {

// Deadlines and ages: never set back or forward.
using steady_time = std::chrono::steady_clock::time_point;

// ISO 8601 in UTC with milliseconds, as JavaScript's toISOString: "2026-01-02T03:04:05.678Z".
std::string to_iso8601(std::chrono::system_clock::time_point time);

} // namespace cresset::base
