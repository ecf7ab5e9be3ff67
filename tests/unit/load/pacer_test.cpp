#include "load/pacer.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace cresset::load {
namespace {

class recorder final : public pacer::owner
{
public:
    recorder(net::event_loop& loop, std::size_t wanted) : loop_(loop), wanted_(wanted) {}

    void on_due(std::uint64_t intended_ns) override
    {
        EXPECT_LE(intended_ns, now_ns()) << "early";
        due.push_back(intended_ns);
        if (due.size() == wanted_)
            loop_.stop();
    }

    std::vector<std::uint64_t> due;

private:
    net::event_loop& loop_;
    std::size_t wanted_;
};

TEST(pacer, each_at_its_time_and_none_left_out)
{
    net::event_loop loop;
    recorder r(loop, 40);
    pacer p(loop, r);
    const std::uint64_t first = now_ns() + 1'000'000;
    p.start(first, 500'000, 40);
    loop.run();
    ASSERT_EQ(r.due.size(), 40u);
    for (std::size_t i = 0; i < r.due.size(); ++i)
        EXPECT_EQ(r.due[i], first + i * 500'000);
    EXPECT_GE(now_ns(), first + 39 * 500'000);
    EXPECT_FALSE(p.running());
}

// What was due meanwhile comes at once, each with the time at which it was due.
TEST(pacer, makes_up_for_what_it_is_late)
{
    net::event_loop loop;
    recorder r(loop, 2'000);
    pacer p(loop, r);
    const std::uint64_t first = now_ns() - 1'000'000'000;
    p.start(first, 500'000, 2'000);
    loop.run();
    EXPECT_EQ(r.due.front(), first);
    EXPECT_EQ(r.due.back(), first + 1'999 * 500'000ULL);
}

TEST(pacer, stopped)
{
    net::event_loop loop;
    recorder r(loop, 1'000);
    recorder other(loop, 1);
    pacer p(loop, r);
    pacer q(loop, other);
    p.start(now_ns(), 0, 10);
    p.stop();
    EXPECT_FALSE(p.running());
    q.start(now_ns() + 2'000'000, 0, 1);
    loop.run();
    EXPECT_TRUE(r.due.empty());
}

TEST(pacer, again_with_other_times)
{
    net::event_loop loop;
    recorder r(loop, 3);
    pacer p(loop, r);
    p.start(now_ns() + 3'600'000'000'000, 1, 5);
    p.start(1, 1, 3);
    loop.run();
    EXPECT_EQ(r.due, (std::vector<std::uint64_t>{1, 2, 3}));
}

} // namespace
} // namespace cresset::load
