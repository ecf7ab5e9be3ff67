#pragma once

#include "load/pacer.hpp"

#include <chrono>
#include <cstdint>

namespace cresset::load {

// Notices when a number stops changing.
class stillness
{
public:
    // How long it has been what it is.
    std::chrono::milliseconds of(std::uint64_t number)
    {
        const std::uint64_t now = now_ns();
        if (number != number_ || since_ns_ == 0) {
            number_ = number;
            since_ns_ = now;
        }
        return std::chrono::milliseconds((now - since_ns_) / 1'000'000);
    }

private:
    std::uint64_t number_ = 0;
    std::uint64_t since_ns_ = 0;
};

} // namespace cresset::load
