#include "hub/backlog.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cresset::hub {
namespace {

using policy = slow_client_policy;

struct backlog_test : testing::Test
{
    // What it replaced, or "".
    std::string push(const std::string& text, policy p = policy::drop_newest,
                     const std::string& key = {})
    {
        delivery about{
            .kind = group_kind::room, .name = "r", .frame = {}, .text = {}, .exclude = {}};
        about.policy = p;
        about.replace_key = key;
        outgoing message(net::segment::copy_of(text), about);
        const auto replaced = waiting.push({message.frame(), message.label(), false});
        return replaced ? std::string(replaced->frame->bytes()) : "";
    }

    void push_own(const std::string& text)
    {
        waiting.push({net::segment::copy_of(text), nullptr, false});
    }

    std::string give_way()
    {
        const auto gone = waiting.give_way();
        return gone ? std::string(gone->frame->bytes()) : "";
    }

    std::vector<std::string> pop_all()
    {
        std::vector<std::string> all;
        while (!waiting.empty())
            all.emplace_back(waiting.pop().frame->bytes());
        return all;
    }

    using texts = std::vector<std::string>;

    queue_budget whole{1'000'000};
    budget_share share{whole};
    backlog waiting{share};
};

TEST_F(backlog_test, gives_back_in_order_what_was_pushed)
{
    push("a");
    push("b", policy::drop_oldest);
    push_own("c");
    EXPECT_EQ(waiting.size(), 3u);
    EXPECT_EQ(pop_all(), (texts{"a", "b", "c"}));
    EXPECT_EQ(waiting.bytes(), 0u);
}

TEST_F(backlog_test, lets_the_oldest_of_those_that_may_give_way)
{
    push("a", policy::drop_newest);
    push("b", policy::drop_oldest);
    push("c", policy::close);
    push("d", policy::keep_latest);
    push_own("e");
    EXPECT_EQ(give_way(), "b");
    EXPECT_EQ(give_way(), "d");
    EXPECT_EQ(give_way(), "");
    push("f", policy::drop_oldest);
    EXPECT_EQ(give_way(), "f");
    EXPECT_EQ(pop_all(), (texts{"a", "c", "e"}));
}

TEST_F(backlog_test, replaces_what_waits_with_the_same_key_and_keeps_the_order)
{
    EXPECT_EQ(push("a1", policy::keep_latest, "a"), "");
    EXPECT_EQ(push("b1", policy::keep_latest, "b"), "");
    EXPECT_EQ(push("x"), "");
    EXPECT_EQ(push("a2", policy::keep_latest, "a"), "a1");
    EXPECT_EQ(push("a3", policy::keep_latest, "a"), "a2");
    EXPECT_EQ(pop_all(), (texts{"b1", "x", "a3"}));
    EXPECT_EQ(push("a4", policy::keep_latest, "a"), ""); // a3 has left
    EXPECT_EQ(give_way(), "a4");
    EXPECT_EQ(push("a5", policy::keep_latest, "a"), ""); // and a4 was taken out
}

TEST_F(backlog_test, keeps_its_books_over_many_replacements)
{
    push("first");
    std::string last[10];
    for (int i = 0; i < 10'000; ++i) {
        const int key = i * 7 % 10;
        const std::string text = std::to_string(i);
        EXPECT_EQ(push(text, policy::keep_latest, std::to_string(key)), last[key]);
        last[key] = text;
        ASSERT_EQ(waiting.size(), static_cast<std::size_t>(std::min(i + 2, 11)));
    }
    // No more than the eleven that wait are paid for.
    EXPECT_LT(waiting.bytes(), 11 * (sizeof(backlog::entry) + 6));
    EXPECT_EQ(give_way(), "9990"); // the oldest of the last ten
    const auto rest = pop_all();
    EXPECT_EQ(rest.size(), 10u);
    EXPECT_EQ(rest.front(), "first");
    EXPECT_EQ(rest.back(), "9999");
}

TEST(queue_budget, knows_of_all_shards_and_forgets_what_has_gone)
{
    queue_budget whole(300'000);
    budget_share one(whole);
    {
        budget_share other(whole);
        one.add(200'000);
        EXPECT_FALSE(other.spent());
        other.add(200'000);
        EXPECT_TRUE(one.spent());
    }
    EXPECT_FALSE(one.spent());
    one.add(200'000);
    EXPECT_TRUE(one.spent());
    one.subtract(300'000);
    EXPECT_FALSE(one.spent());
}

TEST(queue_budget, is_told_in_lumps)
{
    queue_budget whole(1000);
    budget_share share(whole);
    for (int i = 0; i < 65; ++i)
        share.add(1000);
    EXPECT_FALSE(share.spent());
    share.add(1000);
    EXPECT_TRUE(share.spent());
}

} // namespace
} // namespace cresset::hub
