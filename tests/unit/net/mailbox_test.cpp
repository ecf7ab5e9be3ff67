#include "net/mailbox.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <poll.h>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace cresset::net {
namespace {

bool readable(const mailbox& box)
{
    pollfd p{box.descriptor(), POLLIN, 0};
    return ::poll(&p, 1, 0) == 1;
}

TEST(mailbox, runs_what_was_posted_in_order)
{
    mailbox box;
    std::vector<int> ran;
    for (int i = 0; i < 3; ++i)
        box.post([&ran, i] { ran.push_back(i); });
    EXPECT_EQ(ran, std::vector<int>{});
    box.run();
    EXPECT_EQ(ran, (std::vector<int>{0, 1, 2}));
    box.run();
    EXPECT_EQ(ran.size(), 3u);
}

TEST(mailbox, is_readable_while_there_is_something_to_run)
{
    mailbox box;
    EXPECT_FALSE(readable(box));
    box.post([] {});
    box.post([] {});
    EXPECT_TRUE(readable(box));
    box.run();
    EXPECT_FALSE(readable(box));
    box.post([] {});
    EXPECT_TRUE(readable(box));
}

TEST(owed_wake_ups, wake_each_mailbox_when_they_are_paid)
{
    mailbox one;
    mailbox other;
    int ran = 0;
    {
        owed_wake_ups owed;
        one.post([&] { ++ran; });
        one.post([&] { ++ran; });
        other.post([&] { ++ran; });
        EXPECT_FALSE(readable(one));
        owed.pay();
        EXPECT_TRUE(readable(one));
        EXPECT_TRUE(readable(other));
        one.run();
        other.run();
        EXPECT_EQ(ran, 3);
        one.post([&] { ++ran; });
        EXPECT_FALSE(readable(one));
    }
    EXPECT_TRUE(readable(one)); // at the end at the latest
    other.post([&] { ++ran; });
    EXPECT_TRUE(readable(other)); // and then at once
}

TEST(owed_wake_ups, hold_up_no_other_thread)
{
    mailbox box;
    int ran = 0;
    owed_wake_ups owed;
    box.post([&] { ++ran; });
    std::thread([&] { box.post([&] { ++ran; }); }).join();
    EXPECT_TRUE(readable(box));
    box.run(); // what is owed for too
    EXPECT_EQ(ran, 2);
    owed.pay();
    EXPECT_FALSE(readable(box)); // nothing is left to wake it for

    std::thread([&] {
        owed_wake_ups others;
        box.post([&] { ++ran; });
        box.post([&] { ++ran; });
    }).join(); // its wake-ups are paid, while this thread's are not
    box.post([&] { ++ran; });
    EXPECT_TRUE(readable(box));
    owed.pay();
    box.run();
    EXPECT_EQ(ran, 5);
    EXPECT_FALSE(readable(box));
}

TEST(mailbox, leaves_what_its_tasks_post_for_the_next_time)
{
    mailbox box;
    std::vector<int> ran;
    box.post([&] {
        ran.push_back(1);
        box.post([&] { ran.push_back(3); });
    });
    box.post([&] { ran.push_back(2); });
    box.run();
    EXPECT_EQ(ran, (std::vector<int>{1, 2}));
    EXPECT_TRUE(readable(box));
    box.run();
    EXPECT_EQ(ran, (std::vector<int>{1, 2, 3}));
}

TEST(mailbox, destroys_what_it_did_not_run)
{
    const auto held = std::make_shared<int>(1);
    {
        mailbox box;
        box.post([held] { FAIL(); });
        EXPECT_EQ(held.use_count(), 2);
    }
    EXPECT_EQ(held.use_count(), 1);
}

TEST(mailbox, destroys_a_task_once_it_ran)
{
    const auto held = std::make_shared<int>(1);
    mailbox box;
    box.post([held] {});
    box.run();
    EXPECT_EQ(held.use_count(), 1);
}

// Posts when it is destroyed, as a reply that nobody answered does.
class posts_at_its_end
{
public:
    posts_at_its_end(mailbox& box, int times) : box_(&box), times_(times) {}
    posts_at_its_end(posts_at_its_end&& other) noexcept
        : box_(std::exchange(other.box_, nullptr)), times_(other.times_)
    {}
    ~posts_at_its_end()
    {
        if (!box_ || times_ == 0)
            return;
        for (int i = 0; i < 20; ++i) // enough for a vector to grow
            box_->post([next = posts_at_its_end(*box_, times_ - 1)] {});
    }

private:
    mailbox* box_;
    int times_;
};

TEST(mailbox, takes_posts_from_tasks_that_are_destroyed)
{
    mailbox box;
    box.post([p = posts_at_its_end(box, 2)] {});
    box.run();
    EXPECT_TRUE(readable(box));
    box.run();
    box.run();
    EXPECT_FALSE(readable(box));
}

TEST(mailbox, takes_posts_from_tasks_that_are_destroyed_unrun)
{
    mailbox box;
    box.post([p = posts_at_its_end(box, 2)] {});
    box.post([p = posts_at_its_end(box, 2)] {});
}

TEST(mailbox, keeps_the_order_of_each_thread)
{
    constexpr int threads = 4;
    constexpr int each = 5'000;
    mailbox box;
    std::vector<std::vector<int>> ran(threads);
    std::vector<std::thread> posters;
    for (int t = 0; t < threads; ++t)
        posters.emplace_back([&box, &ran, t] {
            for (int i = 0; i < each; ++i)
                box.post([&ran, t, i] { ran[static_cast<std::size_t>(t)].push_back(i); });
        });
    const auto missing = [&ran] {
        for (const auto& numbers : ran)
            if (numbers.size() < each)
                return true;
        return false;
    };
    while (missing()) {
        pollfd p{box.descriptor(), POLLIN, 0};
        ASSERT_EQ(::poll(&p, 1, 20'000), 1) << "no wake-up for what was posted";
        box.run();
    }
    for (std::thread& t : posters)
        t.join();
    for (const auto& numbers : ran)
        for (int i = 0; i < each; ++i)
            ASSERT_EQ(numbers[static_cast<std::size_t>(i)], i);
}

} // namespace
} // namespace cresset::net
