#include "load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace cresset::load {
namespace {

constexpr unsigned linear_bits = 11; // values below 2^11 have a bucket each
constexpr std::size_t half = std::size_t{1} << (linear_bits - 1);

// How many low bits the buckets of a value leave out.
unsigned shift_of(std::uint64_t value) noexcept
{
    const auto width = static_cast<unsigned>(std::bit_width(value));
    return width > linear_bits ? width - linear_bits : 0;
}

std::size_t index_of(std::uint64_t value) noexcept
{
    const unsigned shift = shift_of(value);
    return shift * half + static_cast<std::size_t>(value >> shift);
}

// The largest value of a bucket.
std::uint64_t end_of(std::size_t index) noexcept
{
    if (index < 2 * half)
        return index;
    const std::size_t shift = index / half - 1;
    return ((std::uint64_t{index - shift * half} + 1) << shift) - 1;
}

} // namespace

histogram::histogram() : buckets_(index_of(value_max) + 1) {}

void histogram::record(std::uint64_t value) noexcept
{
    ++buckets_[index_of(std::min(value, value_max))];
    ++count_;
    max_ = std::max(max_, value);
    sum_ += static_cast<double>(value);
}

void histogram::merge(const histogram& other) noexcept
{
    for (std::size_t i = 0; i < buckets_.size(); ++i)
        buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
    sum_ += other.sum_;
}

void histogram::clear() noexcept
{
    std::ranges::fill(buckets_, 0);
    count_ = 0;
    max_ = 0;
    sum_ = 0;
}

double histogram::mean() const noexcept
{
    return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

std::uint64_t histogram::percentile(double percent) const noexcept
{
    if (count_ == 0)
        return 0;
    // Without the tiny step back, 99.9% of 1000 would be the 1000th: 99.9 / 100 is a bit over.
    const double exact = percent / 100 * static_cast<double>(count_);
    const auto rank = static_cast<std::uint64_t>(std::ceil(exact * (1 - 1e-12)));
    const std::uint64_t wanted = std::clamp<std::uint64_t>(rank, 1, count_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        seen += buckets_[i];
        if (seen >= wanted)
            return i + 1 == buckets_.size() ? max_ : std::min(end_of(i), max_);
    }
    return max_;
}

} // namespace cresset::load
