#pragma once

#include <cstddef>
#include <cstdint>

namespace cresset::simulation {

// All chance of a world comes from one seed, and is the same wherever it is built: splitmix64.
class dice
{
public:
    explicit dice(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept
    {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }

    // 0 to n - 1.
    std::size_t below(std::size_t n) noexcept { return static_cast<std::size_t>(next() % n); }
    std::size_t between(std::size_t low, std::size_t high) noexcept
    {
        return low + below(high - low + 1);
    }
    bool one_in(std::size_t n) noexcept { return below(n) == 0; }

    template <typename Range>
    auto& pick(Range& from) noexcept
    {
        return from[below(from.size())];
    }

private:
    std::uint64_t state_;
};

} // namespace cresset::simulation
