#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstdint>

namespace cresset::simulation {

// Time that passes when a world says so.
class clock final : public base::time_source
{
public:
    base::steady_time now() const noexcept override
    {
        return base::steady_time(std::chrono::milliseconds(now_ms_));
    }

    std::uint64_t now_ms() const noexcept { return now_ms_; }
    void advance(std::uint64_t ms) noexcept { now_ms_ += ms; }

private:
    std::uint64_t now_ms_ = 0;
};

} // namespace cresset::simulation
