// What is done for each recipient of a message allocates nothing: a program of its own, since it
// counts all of its allocations.

#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {

std::atomic<std::size_t> allocations{0};

} // namespace

// Not inlined, or the compiler takes free for the wrong counterpart of new.
[[gnu::noinline]] void* operator new(std::size_t size)
{
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size))
        return memory;
    throw std::bad_alloc();
}

[[gnu::noinline]] void operator delete(void* memory) noexcept
{
    std::free(memory);
}

[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

namespace cresset::hub {
namespace {

using tests::test_hub;
using tests::ws_client;

struct allocations_test : testing::Test
{
    // A room with so many members, which read all that they are sent.
    void fill(const std::string& room, int members, ws::deflate_parameters deflate = {})
    {
        for (int i = 0; i < members; ++i) {
            clients.push_back(nodes.login(0, {}, 0, deflate));
            (*nodes).join(clients.back().id, room);
        }
        nodes.settle();
    }

    // Of one message to the room and of all its way to the sockets, when others have gone before.
    std::size_t cost_of_a_message(const std::string& room, const std::vector<base::client_id>& but,
                                  const std::string& data = R"({"a":1})")
    {
        std::size_t counted = 0;
        for (int i = 0; i < 5; ++i) {
            nodes.shard().thread.run([&] {
                before = allocations.load();
                (*nodes).send({broker::target_kind::room, room}, {"event", data}, but);
            });
            nodes.shard().thread.run([&] { counted = allocations.load() - before; });
        }
        return counted;
    }

    test_hub nodes{1, {.deflate = {.enabled = true}}};
    std::vector<ws_client> clients;
    std::size_t before = 0;
};

TEST_F(allocations_test, of_a_message_are_as_many_for_two_members_as_for_two_hundred)
{
    fill("few", 2);
    fill("many", 200);
    const std::size_t few = cost_of_a_message("few", {});
    EXPECT_GT(few, 0u); // it does count
    EXPECT_LT(few, 30u);
    EXPECT_EQ(cost_of_a_message("many", {}), few);
}

TEST_F(allocations_test, of_a_message_are_as_many_where_somebody_is_excluded)
{
    fill("few", 2);
    fill("many", 200);
    const std::size_t few = cost_of_a_message("few", {clients[0].id});
    EXPECT_EQ(cost_of_a_message("many", {clients[10].id}), few);
}

TEST_F(allocations_test, of_a_message_are_as_many_for_two_members_that_take_it_deflated)
{
    fill("few", 2, {.agreed = true});
    fill("many", 200, {.agreed = true});
    const std::string data = '"' + std::string(1000, 'x') + '"';
    const std::size_t few = cost_of_a_message("few", {}, data);
    EXPECT_EQ(cost_of_a_message("many", {}, data), few);
    EXPECT_GT((*nodes).count().messages_deflated, 0u);
}

} // namespace
} // namespace cresset::hub
