#include "crypto/secret.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace cresset::crypto {
namespace {

using key = secret<32>;

key filled(unsigned char value)
{
    std::array<unsigned char, 32> bytes;
    bytes.fill(value);
    return key(bytes);
}

bool is_all(const key& k, unsigned char value)
{
    return std::all_of(k.data(), k.data() + k.size(), [&](auto byte) { return byte == value; });
}

// The object is gone, its memory is not: what is left there is looked at. Volatile, because the
// compiler knows that nobody may look.
class place
{
public:
    template <typename... Arguments>
    key& make(Arguments&&... arguments)
    {
        return *::new (memory_) key(std::forward<Arguments>(arguments)...);
    }

    bool holds(unsigned char value) const
    {
        const volatile unsigned char* const at = memory_;
        return std::all_of(at, at + sizeof memory_, [&](auto byte) { return byte == value; });
    }

private:
    alignas(key) unsigned char memory_[sizeof(key)];
};

TEST(secret, is_nothing_but_its_bytes_and_zeros_at_first)
{
    EXPECT_EQ(sizeof(key), key().size());
    EXPECT_TRUE(is_all(key(), 0));
}

TEST(secret, is_wiped_when_it_ends)
{
    place p;
    key& k = p.make(filled(7));
    EXPECT_TRUE(p.holds(7));
    std::destroy_at(&k);
    EXPECT_TRUE(p.holds(0));
}

TEST(secret, is_wiped_where_it_was_moved_from)
{
    place from;
    key& k = from.make(filled(7));
    const key to(std::move(k));
    EXPECT_TRUE(from.holds(0));
    EXPECT_TRUE(is_all(to, 7));
    std::destroy_at(&k);
}

TEST(secret, is_wiped_where_it_was_assigned_from_and_replaced_where_to)
{
    place from;
    key& k = from.make(filled(7));
    key to = filled(8);
    to = std::move(k);
    EXPECT_TRUE(from.holds(0));
    EXPECT_TRUE(is_all(to, 7));
    std::destroy_at(&k);
}

TEST(secret, survives_being_assigned_to_itself)
{
    key k = filled(7);
    key& same = k;
    k = std::move(same);
    EXPECT_TRUE(is_all(k, 7));
}

TEST(secret, is_copied_only_by_name)
{
    static_assert(!std::is_copy_constructible_v<key> && !std::is_copy_assignable_v<key>);
    const key k = filled(7);
    {
        const key other = k.copy();
        EXPECT_TRUE(is_all(other, 7));
    }
    EXPECT_TRUE(is_all(k, 7));
}

} // namespace
} // namespace cresset::crypto
