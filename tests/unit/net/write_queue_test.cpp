#include "net/write_queue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::net {
namespace {

struct write_queue_fixture : testing::Test
{
    ~write_queue_fixture() override { queue.clear(pool); }

    void push(std::string_view bytes) { queue.push(segment::copy_of(bytes), pool); }

    // What gather points to, with so many vectors.
    std::string gathered(std::size_t vectors_max = 64)
    {
        std::vector<iovec> vectors(vectors_max);
        vectors.resize(queue.gather(vectors));
        std::string all;
        for (const iovec& v : vectors)
            all.append(static_cast<const char*>(v.iov_base), v.iov_len);
        return all;
    }

    // What copy copies, with room for so many bytes.
    std::string copied(std::size_t bytes_max = 64)
    {
        std::string all(bytes_max, '?');
        all.resize(queue.copy(all));
        return all;
    }

    chunk_pool pool;
    write_queue queue;
};

using write_queue_with_pool = write_queue_fixture;

TEST_F(write_queue_with_pool, is_empty_at_first)
{
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.bytes(), 0u);
    EXPECT_EQ(gathered(), "");
    queue.consume(0, pool);
    EXPECT_TRUE(queue.empty());
}

TEST_F(write_queue_with_pool, gathers_in_the_order_pushed)
{
    push("one ");
    push("two ");
    push("three");
    EXPECT_EQ(queue.bytes(), 13u);
    EXPECT_EQ(gathered(), "one two three");
    EXPECT_EQ(gathered(2), "one two ");
    EXPECT_EQ(gathered(1), "one ");
    EXPECT_EQ(gathered(0), "");
}

TEST_F(write_queue_with_pool, ignores_an_empty_segment)
{
    push("");
    EXPECT_TRUE(queue.empty());
    push("a");
    push("");
    push("b");
    EXPECT_EQ(gathered(), "ab");
    EXPECT_EQ(gathered(1), "a");
}

TEST_F(write_queue_with_pool, copies_as_much_as_there_is_room_for)
{
    EXPECT_EQ(copied(), "");
    push("one ");
    push("two ");
    push("three");
    const std::string all = "one two three";
    for (std::size_t sent = 0; sent < all.size(); ++sent) {
        for (std::size_t room = 0; room <= all.size(); ++room)
            EXPECT_EQ(copied(room), all.substr(sent, room));
        queue.consume(1, pool);
    }
    EXPECT_EQ(copied(), "");
}

TEST_F(write_queue_with_pool, goes_on_after_any_two_cuts)
{
    const std::string all = "abcdefghijkl";
    for (std::size_t first = 0; first <= all.size(); ++first) {
        for (std::size_t second = first; second <= all.size(); ++second) {
            for (const std::string_view part : {"a", "bcd", "efghi", "j", "kl"})
                push(part);
            queue.consume(first, pool);
            ASSERT_EQ(gathered(), all.substr(first));
            ASSERT_EQ(queue.bytes(), all.size() - first);
            ASSERT_EQ(queue.empty(), first == all.size());
            queue.consume(second - first, pool);
            ASSERT_EQ(gathered(), all.substr(second));
            push("more");
            ASSERT_EQ(gathered(), all.substr(second) + "more");
            queue.clear(pool);
            ASSERT_TRUE(queue.empty());
            ASSERT_EQ(queue.bytes(), 0u);
        }
    }
}

TEST_F(write_queue_with_pool, shares_a_segment_with_other_queues)
{
    write_queue other;
    const segment_ref shared = segment::copy_of("shared bytes");
    queue.push(shared, pool);
    other.push(shared, pool);
    queue.consume(7, pool);
    EXPECT_EQ(gathered(), "bytes");
    std::array<iovec, 1> vector;
    ASSERT_EQ(other.gather(vector), 1u);
    EXPECT_EQ(vector[0].iov_len, 12u);
    EXPECT_EQ(vector[0].iov_base, shared->bytes().data()); // no copy
    other.clear(pool);
    EXPECT_EQ(gathered(), "bytes");
}

TEST(chunk_pool, hands_out_clean_chunks_again_and_again)
{
    chunk_pool pool;
    std::set<const chunk*> seen;
    for (int round = 0; round < 50; ++round) {
        std::vector<chunk*> taken;
        for (int i = 0; i < 1000; ++i) {
            chunk& c = pool.take();
            EXPECT_EQ(c.next, nullptr);
            EXPECT_EQ(c.offset, 0u);
            EXPECT_EQ(c.bytes, nullptr);
            c.offset = 7;
            c.bytes = segment::copy_of("bytes");
            seen.insert(&c);
            taken.push_back(&c);
        }
        for (chunk* c : taken) {
            pool.give_back(*c);
            EXPECT_EQ(c->bytes, nullptr);
        }
    }
    EXPECT_LE(seen.size(),
              1024u); // the peak, rounded up to blocks: nothing new after the first round
}

} // namespace
} // namespace cresset::net
