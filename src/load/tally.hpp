#pragma once

#include <atomic>
#include <cstdint>

namespace cresset::load {

// A number that one thread changes and others look at: costs what a plain one does. Who sees it
// sees all that the thread did before.
class tally
{
public:
    void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_release); }
    void add(std::uint64_t more) noexcept { set(value_.load(std::memory_order_relaxed) + more); }
    std::uint64_t get() const noexcept { return value_.load(std::memory_order_acquire); }

private:
    std::atomic<std::uint64_t> value_{0};
};

} // namespace cresset::load
