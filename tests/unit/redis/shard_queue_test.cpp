#include "redis/shard_queue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace cresset::redis {
namespace {

using commands = std::vector<std::string>;

commands commands_of(const std::vector<publication>& all)
{
    commands found;
    for (const publication& p : all)
        found.push_back(p.command);
    return found;
}

// A queue for ten bytes with two lanes: slots 1 and 2 have the first, slot 3 the second.
class shard_queue_test : public testing::Test
{
protected:
    shard_queue_test()
    {
        queue_.add(first_);
        queue_.add(second_);
        direct({{1, &first_}, {2, &first_}, {3, &second_}});
    }

    void direct(const std::vector<shard_queue::route>& routes) { queue_.direct(routes); }

    using place = shard_queue::place;

    place push(std::string command, std::uint16_t slot)
    {
        return queue_.push(made(std::move(command), slot), given_way_);
    }

    publication made(std::string command, std::uint16_t slot)
    {
        publication p;
        p.command = std::move(command);
        p.slot = slot;
        return p;
    }

    commands take(shard_queue::lane& from, std::size_t bytes = 100)
    {
        return commands_of(queue_.take(from, bytes));
    }

    shard_queue queue_{10};
    shard_queue::lane first_;
    shard_queue::lane second_;
    std::vector<publication> given_way_;
};

TEST_F(shard_queue_test, puts_messages_in_the_lane_of_their_slot)
{
    EXPECT_EQ(push("a", 1), place::in_lane);
    EXPECT_EQ(push("b", 3), place::in_lane);
    EXPECT_EQ(push("c", 2), place::in_lane);
    EXPECT_EQ(take(first_), (commands{"a", "c"}));
    EXPECT_EQ(take(second_), (commands{"b"}));
    EXPECT_EQ(queue_.bytes(), 0u);
}

TEST_F(shard_queue_test, parks_what_has_no_lane)
{
    EXPECT_EQ(push("a", 9), place::parked);
    EXPECT_TRUE(take(first_).empty() && take(second_).empty());
    EXPECT_EQ(queue_.bytes(), 1u);
    direct({{9, &second_}});
    EXPECT_EQ(take(second_), (commands{"a"}));
}

TEST_F(shard_queue_test, gives_as_many_bytes_as_are_asked_for)
{
    for (const char* command : {"aa", "bb", "cc"})
        push(command, 1);
    EXPECT_TRUE(take(first_, 0).empty());
    EXPECT_EQ(take(first_, 3), (commands{"aa", "bb"}));
    EXPECT_EQ(take(first_, 3), (commands{"cc"}));
}

TEST_F(shard_queue_test, keeps_the_order_when_slots_change_lanes)
{
    push("1", 1);
    push("2", 2);
    push("3", 3);
    push("4", 1);
    push("5", 3);
    direct({{1, &second_}});
    EXPECT_EQ(take(second_), (commands{"1", "3", "4", "5"}));
    EXPECT_EQ(take(first_), (commands{"2"}));
}

TEST_F(shard_queue_test, keeps_the_order_through_parking)
{
    push("1", 1);
    push("2", 2);
    direct({{1, nullptr}, {3, nullptr}});
    push("3", 3);
    push("4", 1);
    push("5", 2);
    EXPECT_EQ(take(first_), (commands{"2", "5"}));
    direct({{1, &second_}, {3, &first_}});
    push("6", 1);
    EXPECT_EQ(take(second_), (commands{"1", "4", "6"}));
    EXPECT_EQ(take(first_), (commands{"3"}));
}

TEST_F(shard_queue_test, takes_messages_back_to_where_they_were)
{
    for (const char* command : {"1", "2", "3", "4"})
        push(command, 1);
    std::vector<publication> sent = queue_.take(first_, 3);
    ASSERT_EQ(sent.size(), 3u);
    direct({{1, nullptr}});
    push("5", 1);
    queue_.put_back(std::move(sent[1]), given_way_);
    queue_.put_back(std::move(sent[2]), given_way_);
    EXPECT_EQ(queue_.bytes(), 4u);
    direct({{1, &second_}});
    EXPECT_EQ(take(second_), (commands{"2", "3", "4", "5"}));
}

TEST_F(shard_queue_test, gives_what_was_published_before_a_number)
{
    push("1", 1);
    push("2", 2);
    push("3", 1);
    push("4", 1);
    std::vector<publication> sent = queue_.take(first_, 100);
    direct({{1, nullptr}, {2, nullptr}});
    const std::uint64_t number = sent[2].number;
    for (const std::size_t i : {0, 1, 3})
        queue_.put_back(std::move(sent[i]), given_way_);
    EXPECT_EQ(commands_of(queue_.take_older(1, number)), (commands{"1"}));
    EXPECT_EQ(queue_.bytes(), 2u);
    direct({{1, &first_}, {2, &first_}});
    EXPECT_EQ(take(first_), (commands{"2", "4"}));
}

TEST_F(shard_queue_test, makes_room_with_the_oldest_of_all_places)
{
    push("1111", 9);
    push("22", 3);
    push("3333", 1);
    EXPECT_TRUE(given_way_.empty());
    push("4", 1);
    EXPECT_EQ(commands_of(given_way_), (commands{"1111"}));
    push("55555", 9);
    EXPECT_EQ(commands_of(given_way_), (commands{"1111", "22"}));
    EXPECT_EQ(queue_.bytes(), 10u);
    EXPECT_EQ(take(first_), (commands{"3333", "4"}));
}

TEST_F(shard_queue_test, makes_room_when_it_takes_messages_back)
{
    push("1111", 1);
    std::vector<publication> sent = queue_.take(first_, 100);
    push("22222222", 3);
    queue_.put_back(std::move(sent[0]), given_way_);
    EXPECT_EQ(commands_of(given_way_), (commands{"1111"}));
    EXPECT_EQ(queue_.bytes(), 8u);
}

TEST_F(shard_queue_test, takes_nothing_larger_than_itself)
{
    push("1", 1);
    EXPECT_EQ(push("12345678901", 1), place::nowhere);
    EXPECT_EQ(push("123456789", 1), place::in_lane);
    EXPECT_TRUE(given_way_.empty());
}

TEST_F(shard_queue_test, gives_all_when_it_is_closed_and_takes_no_more)
{
    push("1", 1);
    push("2", 3);
    push("3", 9);
    EXPECT_EQ(queue_.close().size(), 3u);
    EXPECT_EQ(queue_.bytes(), 0u);
    EXPECT_EQ(push("4", 1), place::nowhere);
    EXPECT_EQ(queue_.bytes(), 0u);
}

} // namespace
} // namespace cresset::redis
