#include "load/flow.hpp"
#include "unit/load/recording_outlet.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace cresset::load {
namespace {

class flow_test : public testing::Test
{
protected:
    std::unique_ptr<flow> make(std::uint32_t audiences)
    {
        return std::make_unique<flow>(7, codec, std::make_unique<recording_outlet>(sent), 5,
                                      audiences);
    }

    const message_codec codec{1, message_codec::size_min};
    std::vector<stamp> sent;
};

TEST_F(flow_test, numbers_what_it_sends)
{
    const auto f = make(1);
    f->begin(phase::warm_up, 0, 100);
    f->send(1000);
    f->send(2000);
    f->begin(phase::measured, 0, 100);
    f->send(3000);
    f->probe(9);
    ASSERT_EQ(sent.size(), 4u);
    EXPECT_EQ(sent[1].purpose, phase::warm_up);
    EXPECT_EQ(sent[1].sequence, 1u);
    EXPECT_EQ(sent[1].intended_ns, 2000u);
    EXPECT_EQ(sent[1].flow, 7u);
    EXPECT_EQ(sent[2].purpose, phase::measured);
    EXPECT_EQ(sent[2].sequence, 0u);
    EXPECT_EQ(sent[3].purpose, phase::probe);
    EXPECT_EQ(sent[3].sequence, 9u);
    EXPECT_EQ(f->sent(), 1u); // a probe is no message
}

TEST_F(flow_test, the_window_opens_when_all_audiences_have_a_message)
{
    const auto f = make(2);
    f->begin(phase::measured, 2, 100);
    f->send(0);
    EXPECT_TRUE(f->may_send());
    f->send(0);
    EXPECT_FALSE(f->may_send());
    f->on_audience_done(0);
    EXPECT_FALSE(f->may_send());
    f->on_audience_done(0);
    EXPECT_TRUE(f->may_send());
    f->on_audience_done(0); // more often than there are audiences
    f->send(0);
    EXPECT_FALSE(f->may_send());
}

TEST_F(flow_test, a_later_message_that_is_done_does_not_stand_for_an_earlier_one)
{
    const auto f = make(1);
    f->begin(phase::measured, 2, 100);
    f->send(0);
    f->send(0);
    f->on_audience_done(1);
    EXPECT_FALSE(f->may_send()); // the next one would take the place of the first
    f->on_audience_done(0);
    EXPECT_TRUE(f->may_send());
}

TEST_F(flow_test, ends_at_its_limit_or_when_it_is_stopped)
{
    const auto f = make(1);
    f->begin(phase::measured, 8, 1);
    EXPECT_FALSE(f->done());
    f->send(0);
    EXPECT_TRUE(f->done());
    EXPECT_FALSE(f->may_send());
    f->begin(phase::measured, 8, 100);
    f->stop();
    EXPECT_TRUE(f->done());
}

TEST(audience_test, tells_when_the_last_member_has_it)
{
    audience a;
    a.size = 2;
    a.begin(2);
    EXPECT_FALSE(a.on_received(0));
    EXPECT_FALSE(a.on_received(1));
    EXPECT_TRUE(a.on_received(0));
    EXPECT_TRUE(a.on_received(1));
    EXPECT_FALSE(a.on_received(2)); // in the place of the first
    EXPECT_TRUE(a.on_received(2));
}

TEST(audience_test, nobody_asks_in_open_loop)
{
    audience a;
    a.size = 1;
    a.begin(0);
    EXPECT_FALSE(a.on_received(0));
}

} // namespace
} // namespace cresset::load
