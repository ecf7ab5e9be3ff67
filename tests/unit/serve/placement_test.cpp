#include "serve/placement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
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

TEST(placement, expects_nothing_of_what_stays)
{
    placement all(2);
    all.note(0, 100); // and 100 have come since
    all.note(1, 300);
    EXPECT_EQ(all.choose(0, 200), 0u);
    EXPECT_FALSE(all.expects_more(0));
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

TEST(placement, gives_nothing_to_who_has_closed)
{
    placement all(3);
    all.note(0, 2000);
    all.note(1, 500);
    all.note(2, 1000);
    EXPECT_EQ(all.choose(0, 2000), 1u);
    all.close(1);
    EXPECT_TRUE(all.expects_more(1));
    all.arrived(1);
    EXPECT_FALSE(all.expects_more(1));
    EXPECT_EQ(all.choose(0, 2000), 2u);
    all.close(2);
    EXPECT_EQ(all.choose(0, 2000), 0u);
}

// Whatever one gives while the other closes: it is taken, or it was never given.
TEST(placement, who_closes_knows_what_is_on_its_way)
{
    constexpr std::size_t many = 1'000'000'000;
    for (int round = 0; round < 500; ++round) {
        placement all(2);
        all.note(0, many);
        std::atomic<int> posted{0}; // what the other one has been handed
        std::thread gives([&] {
            while (posted < 1000 && all.choose(0, many) == 1)
                ++posted;
        });
        int taken = 0;
        const auto take = [&] {
            for (; taken < posted; ++taken)
                all.arrived(1);
        };
        while (posted == 0)
            std::this_thread::yield();
        all.close(1);
        do
            take();
        while (all.expects_more(1));
        gives.join();
        EXPECT_EQ(taken, posted);
    }
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
