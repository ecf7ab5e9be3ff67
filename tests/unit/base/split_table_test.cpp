#include "base/split_table.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>

namespace cresset::base {
namespace {

using names = split_table<boost::unordered_flat_set<std::string>>;
using numbers = split_table<boost::unordered_flat_map<std::string, int>>;

std::string name_of(int i)
{
    return "ws:room:public-" + std::to_string(i);
}

TEST(split_table, is_empty_at_first)
{
    const names table;
    EXPECT_EQ(table.size(), 0u);
    EXPECT_FALSE(table.part_of("one").contains("one"));
}

TEST(split_table, finds_what_it_was_given)
{
    numbers table;
    for (int i = 0; i < 1'000; ++i)
        table.part_of(name_of(i))[name_of(i)] = i;
    EXPECT_EQ(table.size(), 1'000u);
    for (int i = 0; i < 1'000; ++i)
        EXPECT_EQ(table.part_of(name_of(i)).at(name_of(i)), i);
    table.part_of(name_of(7)).erase(name_of(7));
    EXPECT_EQ(table.size(), 999u);
    EXPECT_FALSE(table.part_of(name_of(7)).contains(name_of(7)));
}

TEST(split_table, shows_each_element_once)
{
    names table;
    std::multiset<std::string> expected;
    for (int i = 0; i < 1'000; ++i) {
        table.part_of(name_of(i)).insert(name_of(i));
        expected.insert(name_of(i));
    }
    std::multiset<std::string> shown;
    table.for_each([&](const std::string& name) { shown.insert(name); });
    EXPECT_EQ(shown, expected);
}

// A part that had most of it would take as long to grow as all of it.
TEST(split_table, has_parts_of_about_the_same_size)
{
    constexpr std::size_t count = 64'000;
    names table;
    for (std::size_t i = 0; i < count; ++i)
        table.part_of(name_of(static_cast<int>(i))).insert(name_of(static_cast<int>(i)));
    std::size_t largest = 0;
    table.for_each(
        [&](const std::string& name) { largest = std::max(largest, table.part_of(name).size()); });
    EXPECT_LT(largest, count / 64 * 2);
}

} // namespace
} // namespace cresset::base
