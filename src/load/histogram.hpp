#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cresset::load {

// How often which value came, to 3 significant digits, at a fixed cost a value: log-linear buckets,
// as in Gil Tene's HdrHistogram.
//
//   values 0 .. 2047           a bucket each
//   values 2048 .. 4095        1024 buckets of 2
//   values 4096 .. 8191        1024 buckets of 4, and so on
//
// so a bucket is never wider than 1/1024 of its values. In nanoseconds the last bucket begins at
// 4.8 hours, and takes all that is more. One thread's; those of several threads are merged when
// they are done.
class histogram
{
public:
    static constexpr std::uint64_t value_max = (std::uint64_t{1} << 44) - 1;

    histogram();

    void record(std::uint64_t value) noexcept;
    void merge(const histogram& other) noexcept;
    void clear() noexcept;

    std::uint64_t count() const noexcept { return count_; }
    std::uint64_t max() const noexcept { return max_; } // exact, whatever the buckets say
    double mean() const noexcept;

    // The least value that so many of a hundred don't exceed: the end of its bucket, and never more
    // than max. 0 where nothing came.
    std::uint64_t percentile(double percent) const noexcept;

private:
    std::vector<std::uint64_t> buckets_;
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
    double sum_ = 0;
};

} // namespace cresset::load
