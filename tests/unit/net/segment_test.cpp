#include "net/segment.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace cresset::net {
namespace {

TEST(segment, holds_a_copy_of_the_bytes)
{
    std::string original(100'000, 'x');
    const segment_ref s = segment::copy_of(original);
    original.assign(original.size(), 'y');
    EXPECT_EQ(s->bytes(), std::string(100'000, 'x'));
}

TEST(segment, holds_zero_bytes)
{
    using namespace std::string_view_literals;
    EXPECT_EQ(segment::copy_of("a\0b"sv)->bytes(), "a\0b"sv);
}

TEST(segment, may_be_empty)
{
    EXPECT_EQ(segment::copy_of("")->bytes(), "");
    EXPECT_EQ(segment::copy_of({})->bytes(), "");
}

TEST(segment, lives_as_long_as_somebody_refers_to_it)
{
    segment_ref last;
    {
        const segment_ref first = segment::copy_of("shared");
        const segment_ref second = first;
        EXPECT_EQ(first->bytes().data(), second->bytes().data());
        last = second;
    }
    EXPECT_EQ(last->bytes(), "shared");
}

} // namespace
} // namespace cresset::net
