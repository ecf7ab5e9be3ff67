#pragma once

#include <chrono>
#include <string>

namespace cresset::base {

// Deadlines and ages: never set back or forward.
using steady_time = std::chrono::steady_clock::time_point;

// Where an event loop has its time from. From any thread.
class time_source
{
public:
    virtual steady_time now() const noexcept = 0;

protected:
    ~time_source() = default;
};

// The kernel's, which is everybody's but a simulation's.
const time_source& real_time() noexcept;

// ISO 8601 in UTC with milliseconds, as JavaScript's toISOString: "2026-01-02T03:04:05.678Z".
std::string to_iso8601(std::chrono::system_clock::time_point time);

} // namespace cresset::base
