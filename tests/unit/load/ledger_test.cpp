#include "load/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

namespace cresset::load {
namespace {

TEST(ledger, all_in_order)
{
    ledger l;
    for (std::uint32_t i = 0; i < 100; ++i)
        EXPECT_EQ(l.take(i), ledger::verdict::in_order);
    EXPECT_EQ(l.lost(100), 0u);
}

TEST(ledger, nothing_came)
{
    const ledger l;
    EXPECT_EQ(l.lost(7), 7u);
    EXPECT_EQ(l.lost(0), 0u);
}

TEST(ledger, lost_at_the_start_in_the_middle_and_at_the_end)
{
    ledger l;
    for (const std::uint32_t i : {2u, 3u, 6u})
        EXPECT_EQ(l.take(i), ledger::verdict::in_order);
    EXPECT_EQ(l.lost(9), 2u + 2u + 2u);
}

TEST(ledger, swapped)
{
    ledger l;
    EXPECT_EQ(l.take(1), ledger::verdict::in_order);
    EXPECT_EQ(l.take(0), ledger::verdict::late);
    EXPECT_EQ(l.take(2), ledger::verdict::in_order);
    EXPECT_EQ(l.lost(3), 0u);
}

TEST(ledger, doubled_at_once_and_long_after)
{
    ledger l;
    l.take(0);
    EXPECT_EQ(l.take(0), ledger::verdict::doubled);
    for (std::uint32_t i = 1; i < 1000; ++i)
        l.take(i);
    EXPECT_EQ(l.take(1), ledger::verdict::doubled);
    EXPECT_EQ(l.lost(1000), 0u);
}

TEST(ledger, late_and_then_doubled)
{
    ledger l;
    l.take(5);
    EXPECT_EQ(l.take(2), ledger::verdict::late); // in the middle of what is missing
    EXPECT_EQ(l.take(2), ledger::verdict::doubled);
    EXPECT_EQ(l.take(0), ledger::verdict::late);
    EXPECT_EQ(l.take(4), ledger::verdict::late);
    EXPECT_EQ(l.lost(6), 2u); // 1 and 3
    EXPECT_EQ(l.take(1), ledger::verdict::late);
    EXPECT_EQ(l.take(3), ledger::verdict::late);
    EXPECT_EQ(l.take(3), ledger::verdict::doubled);
    EXPECT_EQ(l.lost(6), 0u);
}

TEST(ledger, clear)
{
    ledger l;
    l.take(5);
    l.clear();
    EXPECT_EQ(l.lost(2), 2u);
    EXPECT_EQ(l.take(0), ledger::verdict::in_order);
}

// Any order, with holes and repetitions, against a set that knows everything.
TEST(ledger, agrees_with_a_set)
{
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
        ledger l;
        std::set<std::uint32_t> seen;
        for (int i = 0; i < 60; ++i) {
            const auto number = static_cast<std::uint32_t>(random() % 40);
            const bool is_new = !seen.contains(number);
            const bool is_late = is_new && !seen.empty() && number < *seen.rbegin();
            const auto wanted = !is_new   ? ledger::verdict::doubled
                                : is_late ? ledger::verdict::late
                                          : ledger::verdict::in_order;
            ASSERT_EQ(l.take(number), wanted);
            seen.insert(number);
            ASSERT_EQ(l.lost(40), 40 - seen.size());
        }
    }
}

} // namespace
} // namespace cresset::load
