#include "standalone/expiries.hpp"
#include "support/waiting.hpp"

#include <gtest/gtest.h>

namespace cresset::standalone {
namespace {

using namespace std::chrono_literals;

base::client_id client_with(unsigned char number)
{
    base::client_id id;
    id.bytes.fill(0);
    id.bytes[0] = number;
    return id;
}

expiries::instant in(std::chrono::milliseconds time)
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + time;
}

TEST(expiries, end_clients_in_the_order_of_their_moments)
{
    tests::collected<base::client_id> ended;
    expiries all([&](const base::client_id& who) { ended.add(who); });
    all.set(client_with(1), in(30ms));
    all.set(client_with(2), in(10ms));
    all.set(client_with(3), in(-1h));
    EXPECT_EQ(ended.wait_for(3), (std::vector{client_with(3), client_with(2), client_with(1)}));
}

TEST(expiries, forget_those_who_went)
{
    tests::collected<base::client_id> ended;
    expiries all([&](const base::client_id& who) { ended.add(who); });
    all.set(client_with(1), in(5ms));
    all.forget(client_with(1));
    all.forget(client_with(1));
    all.forget(client_with(2));
    all.set(client_with(3), in(20ms));
    EXPECT_EQ(ended.wait_for(1), std::vector{client_with(3)});
}

TEST(expiries, take_the_last_moment_of_a_client)
{
    tests::collected<base::client_id> ended;
    expiries all([&](const base::client_id& who) { ended.add(who); });
    all.set(client_with(1), in(1h));
    all.set(client_with(2), in(5ms));
    all.set(client_with(2), in(1h));
    all.set(client_with(1), in(10ms));
    EXPECT_EQ(ended.wait_for(1), std::vector{client_with(1)});
}

TEST(expiries, may_be_changed_from_within)
{
    tests::collected<base::client_id> ended;
    expiries* self = nullptr;
    expiries all([&](const base::client_id& who) {
        if (who == client_with(1))
            self->set(client_with(2), in(1ms));
        ended.add(who);
    });
    self = &all;
    all.set(client_with(1), in(1ms));
    EXPECT_EQ(ended.wait_for(2), (std::vector{client_with(1), client_with(2)}));
}

TEST(expiries, end_with_clients_that_have_time)
{
    expiries all([](const base::client_id&) { FAIL(); });
    all.set(client_with(1), in(1h));
}

// Beyond what nanoseconds can tell.
TEST(expiries, may_be_far_away)
{
    tests::collected<base::client_id> ended;
    expiries all([&](const base::client_id& who) { ended.add(who); });
    all.set(client_with(1), expiries::instant(std::chrono::seconds(253402300799)));
    all.set(client_with(2), in(5ms));
    EXPECT_EQ(ended.wait_for(1), std::vector{client_with(2)});
}

} // namespace
} // namespace cresset::standalone
