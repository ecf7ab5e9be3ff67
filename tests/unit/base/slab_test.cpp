#include "base/slab.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <stdexcept>
#include <vector>

namespace cresset::base {
namespace {

// Counts how many of it live.
struct item
{
    item(slab<item>::handle h, int n, int& count) : self(h), value(n), alive(count) { ++alive; }
    item(const item&) = delete;
    item& operator=(const item&) = delete;
    ~item() { --alive; }

    slab<item>::handle self;
    int value;
    int& alive;
};

struct slab_fixture : testing::Test
{
    item& add(int value) { return items.create(value, alive); }

    std::multiset<int> values()
    {
        std::multiset<int> all;
        items.for_each([&](item& i, slab<item>::handle at) {
            EXPECT_EQ(i.self, at);
            all.insert(i.value);
        });
        return all;
    }

    int alive = 0;
    slab<item> items;
};

using slab_of_items = slab_fixture;

TEST_F(slab_of_items, gives_each_object_its_handle)
{
    item& a = add(1);
    item& b = add(2);
    EXPECT_NE(a.self.slot, b.self.slot);
    EXPECT_EQ(&items[a.self.slot], &a);
    EXPECT_EQ(items.find(b.self), &b);
    EXPECT_EQ(items.size(), 2u);
}

TEST_F(slab_of_items, never_moves_an_object)
{
    item& first = add(-1);
    std::vector<item*> all;
    for (int i = 0; i < 2000; ++i)
        all.push_back(&add(i));
    EXPECT_EQ(items.find(first.self), &first);
    for (int i = 0; i < 2000; ++i)
        EXPECT_EQ(all[static_cast<std::size_t>(i)]->value, i);
    EXPECT_EQ(alive, 2001);
}

TEST_F(slab_of_items, uses_a_slot_again_under_another_generation)
{
    const auto old = add(1).self;
    items.destroy(old.slot);
    EXPECT_EQ(alive, 0);
    const auto fresh = add(2).self;
    EXPECT_EQ(fresh.slot, old.slot);
    EXPECT_NE(fresh.generation, old.generation);
    EXPECT_EQ(items.find(old), nullptr);
    ASSERT_NE(items.find(fresh), nullptr);
    EXPECT_EQ(items.find(fresh)->value, 2);
}

TEST_F(slab_of_items, finds_nothing_by_a_stale_or_foreign_handle)
{
    EXPECT_EQ(items.find({0, 0}), nullptr);
    const auto h = add(1).self;
    items.destroy(h.slot);
    EXPECT_EQ(items.find(h), nullptr);
    EXPECT_EQ(items.find({h.slot, h.generation + 1}), nullptr); // free
    EXPECT_EQ(items.find({5, 0}), nullptr);                     // never used
    EXPECT_EQ(items.find({1'000'000, 0}), nullptr);
    EXPECT_EQ(items.find({0xffff'ffff, 0}), nullptr);
}

TEST_F(slab_of_items, keeps_few_slots_however_often_they_are_used)
{
    std::set<std::uint32_t> slots;
    for (int i = 0; i < 10'000; ++i) {
        const auto a = add(1).self;
        const auto b = add(2).self;
        slots.insert({a.slot, b.slot});
        items.destroy(a.slot);
        items.destroy(b.slot);
    }
    EXPECT_EQ(slots.size(), 2u);
    EXPECT_EQ(items.size(), 0u);
}

TEST_F(slab_of_items, visits_each_object_once)
{
    std::multiset<int> expected;
    for (int i = 0; i < 600; ++i)
        add(i);
    for (std::uint32_t slot = 0; slot < 600; slot += 3)
        items.destroy(slot);
    for (int i = 0; i < 600; ++i)
        if (i % 3 != 0)
            expected.insert(i);
    EXPECT_EQ(values(), expected);
}

TEST_F(slab_of_items, may_lose_the_visited_object_and_gain_others)
{
    for (int i = 0; i < 300; ++i)
        add(i);
    int visited = 0;
    items.for_each([&](item& i, slab<item>::handle at) {
        if (i.value >= 1000)
            return; // one that was made meanwhile: may be visited or not
        ++visited;
        const int value = i.value;
        items.destroy(at.slot);
        add(1000 + value);
        if (value % 2 == 0)
            add(2000 + value); // makes the slab grow
    });
    EXPECT_EQ(visited, 300);
    EXPECT_EQ(items.size(), 450u);
    EXPECT_EQ(alive, 450);
    EXPECT_EQ(*values().begin(), 1000);
}

TEST_F(slab_of_items, may_lose_others_while_one_is_visited)
{
    for (int i = 0; i < 300; ++i)
        add(i);
    items.for_each([&](item& i, slab<item>::handle) {
        if (i.value % 2 == 0)
            items.destroy(i.self.slot + 1);
    });
    EXPECT_EQ(items.size(), 150u);
}

TEST(slab, destroys_what_is_left)
{
    int alive = 0;
    {
        slab<item> items;
        for (int i = 0; i < 700; ++i)
            items.create(i, alive);
        items.destroy(3);
        items.destroy(600);
        EXPECT_EQ(alive, 698);
    }
    EXPECT_EQ(alive, 0);
}

struct thrower
{
    thrower(slab<thrower>::handle, bool fails)
    {
        if (fails)
            throw std::runtime_error("no");
    }
};

TEST(slab, loses_no_slot_to_a_constructor_that_throws)
{
    slab<thrower> items;
    EXPECT_THROW(items.create(true), std::runtime_error);
    EXPECT_EQ(items.size(), 0u);
    items.create(false);
    EXPECT_EQ(items.size(), 1u);
    EXPECT_NE(items.find({0, 0}), nullptr);
}

struct alignas(64) wide
{
    explicit wide(slab<wide>::handle) {}
    char bytes[65];
};

TEST(slab, aligns_its_objects)
{
    slab<wide> items;
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&items.create()) % 64, 0u);
}

} // namespace
} // namespace cresset::base
