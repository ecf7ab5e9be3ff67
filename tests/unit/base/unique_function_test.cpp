#include "base/unique_function.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace cresset::base {
namespace {

using function = unique_function<int(int)>;

static_assert(!std::is_copy_constructible_v<function>);
static_assert(!std::is_copy_assignable_v<function>);
static_assert(std::is_nothrow_move_constructible_v<function>);
static_assert(std::is_nothrow_move_assignable_v<function>);
static_assert(!std::is_constructible_v<function, int>);
static_assert(!std::is_constructible_v<function, std::string (*)(int)>);

struct counts
{
    int made = 0;
    int destroyed = 0;
    int alive() const { return made - destroyed; }
};

// Adds to its argument; Size decides where it is kept.
template <std::size_t Size>
struct adder
{
    adder(counts& c, int n) : counted(&c), add(n) { ++c.made; }
    adder(const adder& other) : counted(other.counted), add(other.add) { ++counted->made; }
    adder(adder&& other) noexcept : counted(other.counted), add(other.add) { ++counted->made; }
    ~adder() { ++counted->destroyed; }

    int operator()(int n) { return n + add; }

    counts* counted;
    int add;
    std::array<std::byte, Size> more{};
};

using small = adder<8>;
using large = adder<500>;
static_assert(sizeof(small) <= function::inline_bytes);
static_assert(sizeof(large) > function::inline_bytes);

template <typename Callable>
struct unique_function_of : testing::Test
{};
using callables = testing::Types<small, large>;
TYPED_TEST_SUITE(unique_function_of, callables);

TYPED_TEST(unique_function_of, calls_and_destroys_once)
{
    counts c;
    {
        function f(TypeParam(c, 10));
        EXPECT_TRUE(static_cast<bool>(f));
        EXPECT_EQ(f(1), 11);
        EXPECT_EQ(f(2), 12);
        EXPECT_EQ(c.alive(), 1);
    }
    EXPECT_EQ(c.alive(), 0);
}

TYPED_TEST(unique_function_of, copies_an_lvalue_callable)
{
    counts c;
    const TypeParam original(c, 1);
    {
        function f(original);
        EXPECT_EQ(f(1), 2);
        EXPECT_EQ(c.alive(), 2);
    }
    EXPECT_EQ(c.alive(), 1);
}

TYPED_TEST(unique_function_of, is_empty_after_moving_from_it)
{
    counts c;
    function a(TypeParam(c, 10));
    function b(std::move(a));
    EXPECT_FALSE(static_cast<bool>(a)); // NOLINT(bugprone-use-after-move): that is what is tested
    EXPECT_EQ(b(1), 11);
    EXPECT_EQ(c.alive(), 1);
    a = std::move(b);
    EXPECT_EQ(a(1), 11);
    EXPECT_FALSE(static_cast<bool>(b)); // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(c.alive(), 1);
}

TYPED_TEST(unique_function_of, destroys_what_it_held_when_assigned_to)
{
    counts c;
    function a(TypeParam(c, 1));
    a = TypeParam(c, 2);
    EXPECT_EQ(a(0), 2);
    EXPECT_EQ(c.alive(), 1);
    a = function();
    EXPECT_FALSE(static_cast<bool>(a));
    EXPECT_EQ(c.alive(), 0);
}

TYPED_TEST(unique_function_of, survives_being_moved_to_itself)
{
    counts c;
    function a(TypeParam(c, 1));
    function& same = a;
    a = std::move(same);
    EXPECT_EQ(a(0), 1);
    EXPECT_EQ(c.alive(), 1);
}

TEST(unique_function, is_empty_by_default)
{
    const function f{};
    EXPECT_FALSE(static_cast<bool>(f));
}

TEST(unique_function, keeps_captures_that_only_move)
{
    function f([p = std::make_unique<int>(40)](int n) { return *p + n; });
    function g(std::move(f));
    EXPECT_EQ(g(2), 42);

    std::array<char, 200> ballast{};
    function h([p = std::make_unique<int>(40), ballast](int n) { return *p + n + ballast[0]; });
    g = std::move(h);
    EXPECT_EQ(g(3), 43);
}

TEST(unique_function, hands_over_arguments_that_only_move)
{
    unique_function<std::unique_ptr<int>(std::unique_ptr<int>)> f(
        [](std::unique_ptr<int> p) { return p; });
    EXPECT_EQ(*f(std::make_unique<int>(7)), 7);
    unique_function<void(int&)> g([](int& n) { ++n; });
    int n = 1;
    g(n);
    EXPECT_EQ(n, 2);
}

TEST(unique_function, keeps_state_between_calls)
{
    function f([sum = 0](int n) mutable { return sum += n; });
    f(1);
    f(2);
    EXPECT_EQ(f(3), 6);
}

TEST(unique_function, drops_a_result_that_nobody_wants)
{
    int called = 0;
    unique_function<void()> f([&called] { return ++called; });
    f();
    EXPECT_EQ(called, 1);
}

TEST(unique_function, lets_exceptions_through_and_can_be_called_again)
{
    counts c;
    {
        function f([held = small(c, 0)](int n) {
            if (n == 0)
                throw std::runtime_error("zero");
            return n;
        });
        EXPECT_THROW(f(0), std::runtime_error);
        EXPECT_EQ(f(1), 1);
    }
    EXPECT_EQ(c.alive(), 0);
}

struct throws_when_moved
{
    throws_when_moved() = default;
    throws_when_moved(const throws_when_moved&) = default;
    throws_when_moved(throws_when_moved&&) noexcept(false) { throw std::runtime_error("moved"); }
    int operator()(int n) const { return n; }
};

TEST(unique_function, never_moves_what_may_throw_once_it_holds_it)
{
    const throws_when_moved callable;
    function f(callable);
    function g(std::move(f));
    EXPECT_EQ(g(5), 5);
    EXPECT_THROW(function{throws_when_moved{}}, std::runtime_error);
}

struct alignas(64) overaligned
{
    int operator()(int n) const
    {
        return reinterpret_cast<std::uintptr_t>(this) % 64 == 0 ? n : -1;
    }
};

TEST(unique_function, keeps_what_is_overaligned_aligned)
{
    function f(overaligned{});
    EXPECT_EQ(f(3), 3);
}

} // namespace
} // namespace cresset::base
