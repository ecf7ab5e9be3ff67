#include "load/sender.hpp"
#include "unit/load/recording_outlet.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace cresset::load {
namespace {

class sender_test : public testing::Test
{
protected:
    void add_flows(std::uint32_t count)
    {
        for (std::uint32_t i = 0; i < count; ++i)
            s.add(std::make_unique<flow>(i, codec, std::make_unique<recording_outlet>(sent), 3, 1));
    }

    // Until nothing more will be sent.
    void run()
    {
        struct end final : net::turn_end
        {
            explicit end(sender_test& t) : test(t) {}
            bool on_turn_end() override
            {
                if (test.s.sending.get() == 0)
                    test.loop.stop();
                return false;
            }
            sender_test& test;
        } at_end(*this);
        loop.add(at_end);
        loop.run();
    }

    net::event_loop loop;
    const message_codec codec{1, message_codec::size_min};
    std::vector<stamp> sent;
    sender s{loop};
};

// A generator that is late must not make messages look younger than they are.
TEST_F(sender_test, open_loop_tells_when_each_should_have_been_sent)
{
    add_flows(3);
    const std::uint64_t first = now_ns() - 1'000'000'000;
    s.begin({.purpose = phase::measured, .first_ns = first, .interval_ns = 1'000, .count = 9});
    run();
    ASSERT_EQ(sent.size(), 9u);
    for (std::uint32_t i = 0; i < 9; ++i) {
        EXPECT_EQ(sent[i].intended_ns, first + i * 1'000);
        EXPECT_EQ(sent[i].flow, i % 3); // in turn
        EXPECT_EQ(sent[i].sequence, i / 3);
    }
    EXPECT_EQ(s.sent.get(), 9u);
    EXPECT_EQ(s.expected.get(), 27u);
}

TEST_F(sender_test, closed_loop_keeps_the_window_of_each_flow)
{
    add_flows(2);
    s.begin({.purpose = phase::measured, .window = 2, .per_flow = 3, .one_more = 1});
    EXPECT_EQ(sent.size(), 4u);
    s.on_audience_done(*s.flows()[0], 0);
    ASSERT_EQ(sent.size(), 5u);
    EXPECT_EQ(sent.back().flow, 0u);
    EXPECT_EQ(sent.back().sequence, 2u);
    EXPECT_EQ(s.sending.get(), 1u);
    s.on_audience_done(*s.flows()[0], 1); // of four
    s.on_audience_done(*s.flows()[1], 0); // of three
    EXPECT_EQ(sent.size(), 7u);
    EXPECT_EQ(s.sending.get(), 0u);
    s.on_audience_done(*s.flows()[1], 1);
    EXPECT_EQ(sent.size(), 7u);
    EXPECT_EQ(s.expected.get(), 21u);
}

TEST_F(sender_test, stopped)
{
    add_flows(1);
    s.begin({.purpose = phase::measured, .window = 1, .per_flow = 100});
    s.stop();
    EXPECT_EQ(s.sending.get(), 0u);
    s.on_audience_done(*s.flows()[0], 0);
    EXPECT_EQ(sent.size(), 1u);
}

TEST_F(sender_test, without_flows_there_is_nothing_to_send)
{
    s.begin({.purpose = phase::measured, .window = 1, .per_flow = 100});
    EXPECT_EQ(s.sending.get(), 0u);
}

} // namespace
} // namespace cresset::load
