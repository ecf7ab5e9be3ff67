#pragma once

#include <cstdint>
#include <optional>
#include <utility>

namespace cresset::base {

// Lets one line a second into the log, of what anybody can bring about, and counts the others. One
// thread's.
class log_limit
{
public:
    // Whether it is time for a line: with how many have been held back since the last one.
    std::optional<std::uint64_t> take(std::uint64_t now_ms) noexcept
    {
        if (now_ms < next_ms_) {
            ++held_back_;
            return std::nullopt;
        }
        next_ms_ = now_ms + 1000;
        return std::exchange(held_back_, 0);
    }

private:
    std::uint64_t next_ms_ = 0;
    std::uint64_t held_back_ = 0;
};

} // namespace cresset::base
