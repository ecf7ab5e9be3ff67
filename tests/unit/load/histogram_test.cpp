#include "load/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace cresset::load {
namespace {

// By definition: the least value that so many of a hundred don't exceed.
std::uint64_t exact_percentile(std::vector<std::uint64_t> values, double percent)
{
    std::ranges::sort(values);
    const double rank = std::ceil(percent / 100 * static_cast<double>(values.size()) - 1e-6);
    return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

histogram of(const std::vector<std::uint64_t>& values)
{
    histogram h;
    for (const std::uint64_t value : values)
        h.record(value);
    return h;
}

constexpr double percents[] = {0, 1, 10, 50, 90, 99, 99.9, 99.99, 100};

TEST(histogram, of_nothing)
{
    const histogram h;
    EXPECT_EQ(h.count(), 0u);
    EXPECT_EQ(h.max(), 0u);
    EXPECT_EQ(h.mean(), 0);
    EXPECT_EQ(h.percentile(50), 0u);
}

TEST(histogram, small_values_are_exact)
{
    std::vector<std::uint64_t> values;
    for (std::uint64_t value = 0; value < 2048; ++value)
        values.push_back(value);
    const histogram h = of(values);
    for (const double percent : percents)
        EXPECT_EQ(h.percentile(percent), exact_percentile(values, percent)) << percent;
    EXPECT_EQ(h.mean(), 1023.5);
    EXPECT_EQ(h.max(), 2047u);
}

TEST(histogram, the_percentile_of_a_thousand_is_no_step_too_far)
{
    std::vector<std::uint64_t> values(999, 1);
    values.push_back(1000);
    EXPECT_EQ(of(values).percentile(99.9), 1u);
    EXPECT_EQ(of(values).percentile(99.91), 1000u);
}

TEST(histogram, three_digits_of_every_size)
{
    std::mt19937_64 random(7);
    for (const double scale : {1e4, 1e6, 1e9, 1e13}) {
        std::lognormal_distribution<double> spread(0, 2);
        std::vector<std::uint64_t> values;
        for (int i = 0; i < 20'000; ++i) {
            const double value = std::min(spread(random) * scale, 1.7e13);
            values.push_back(static_cast<std::uint64_t>(value));
        }
        const histogram h = of(values);
        for (const double percent : percents) {
            const auto exact = static_cast<double>(exact_percentile(values, percent));
            const auto told = static_cast<double>(h.percentile(percent));
            EXPECT_GE(told, exact) << percent << " of " << scale;
            EXPECT_LE(told, exact * (1 + 1.0 / 1024) + 1) << percent << " of " << scale;
        }
        EXPECT_EQ(h.max(), *std::ranges::max_element(values));
    }
}

// Where one bucket ends, another begins: both kinds of edges, for each width.
TEST(histogram, edges_of_buckets)
{
    for (unsigned bits = 1; bits < 44; ++bits) {
        const std::uint64_t edge = std::uint64_t{1} << bits;
        for (const std::uint64_t value : {edge - 1, edge, edge + 1}) {
            histogram h;
            h.record(value);
            h.record(histogram::value_max);
            const std::uint64_t told = h.percentile(50);
            EXPECT_GE(told, value);
            EXPECT_LE(told - value, value / 1024) << value;
        }
    }
}

TEST(histogram, what_is_over_its_end_counts)
{
    histogram h;
    h.record(histogram::value_max * 8);
    h.record(1);
    EXPECT_EQ(h.count(), 2u);
    EXPECT_EQ(h.max(), histogram::value_max * 8);
    EXPECT_EQ(h.percentile(50), 1u);
    EXPECT_EQ(h.percentile(100), histogram::value_max * 8);
}

TEST(histogram, merged_is_as_if_one_had_got_all)
{
    std::mt19937_64 random(9);
    histogram all;
    histogram parts[3];
    for (int i = 0; i < 9'999; ++i) {
        const std::uint64_t value = random() >> (20 + random() % 40);
        all.record(value);
        parts[i % 3].record(value);
    }
    histogram merged;
    for (const histogram& part : parts)
        merged.merge(part);
    EXPECT_EQ(merged.count(), all.count());
    EXPECT_EQ(merged.max(), all.max());
    EXPECT_NEAR(merged.mean(), all.mean(), all.mean() / 1e9);
    for (const double percent : percents)
        EXPECT_EQ(merged.percentile(percent), all.percentile(percent)) << percent;
}

TEST(histogram, clear)
{
    histogram h = of({5, 500'000});
    h.clear();
    h.record(3);
    EXPECT_EQ(h.count(), 1u);
    EXPECT_EQ(h.max(), 3u);
    EXPECT_EQ(h.mean(), 3);
    EXPECT_EQ(h.percentile(100), 3u);
}

} // namespace
} // namespace cresset::load
