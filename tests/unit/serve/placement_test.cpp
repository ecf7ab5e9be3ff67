#include "serve/placement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace cresset::serve {
namespace {

TEST(placement, keeps_what_is_about_even)
{
    placement all(3);
    all.note(0, 1000);
    all.note(1, 1100);
    all.note(2, 1100);
    EXPECT_EQ(all.choose(1, 1100), 1u);
    EXPECT_EQ(all.choose(0, 1000), 0u);
}

TEST(placement, gives_to_who_has_least)
{
    placement all(3);
    all.note(0, 2000);
    all.note(1, 1500);
    all.note(2, 1000);
    EXPECT_EQ(all.choose(0, 2000), 2u);
    EXPECT_EQ(all.choose(1, 1500), 2u);
    EXPECT_EQ(all.choose(2, 1000), 2u);
}

TEST(placement, counts_what_is_on_its_way)
{
    placement all(2);
    all.note(0, 200);
    all.note(1, 80);
    int given = 0;
    while (all.choose(0, 200) == 1)
        ++given;
    EXPECT_GT(given, 50);
    EXPECT_LT(given, 120); // until they are about even, though nobody has noted them yet
}

TEST(placement, evens_out_what_all_comes_to_one)
{
    constexpr unsigned workers = 8;
    placement all(workers);
    std::vector<std::size_t> has(workers);
    for (int i = 0; i < 10'000; ++i) {
        ++has[all.choose(0, has[0])];
        for (unsigned w = 0; w < workers; ++w)
            all.note(w, has[w]);
    }
    EXPECT_LT(static_cast<double>(std::ranges::max(has)), 1.3 * 10'000 / workers);
}

} // namespace
} // namespace cresset::serve
