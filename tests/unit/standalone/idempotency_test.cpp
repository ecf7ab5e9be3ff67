#include "standalone/idempotency.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace cresset::standalone {
namespace {

http::response answer(const std::string& body)
{
    http::response made;
    made.body = body;
    return made;
}

TEST(idempotency, runs_a_request_once)
{
    idempotency once;
    int runs = 0;
    const auto run = [&] { return answer(std::to_string(++runs)); };
    EXPECT_EQ(once.once("a", "body", run).body, "1");
    const http::response again = once.once("a", "body", run);
    EXPECT_EQ(again.body, "1");
    EXPECT_EQ(again.headers.back().name, "Idempotency-Replayed");
    EXPECT_EQ(once.once("b", "body", run).body, "2");
}

TEST(idempotency, refuses_another_body)
{
    idempotency once;
    once.once("a", "body", [] { return answer("1"); });
    EXPECT_EQ(once.once("a", "other", [] { return answer("2"); }).status, 422u);
}

TEST(idempotency, tells_while_the_first_is_under_way)
{
    idempotency once;
    const http::response outer = once.once("a", "body", [&] {
        EXPECT_EQ(once.once("a", "body", [] { return answer("2"); }).status, 409u);
        return answer("1");
    });
    EXPECT_EQ(outer.body, "1");
}

TEST(idempotency, forgets_what_failed)
{
    idempotency once;
    EXPECT_THROW(once.once("a", "body", []() -> http::response { throw std::runtime_error("no"); }),
                 std::runtime_error);
    EXPECT_EQ(once.once("a", "body", [] { return answer("1"); }).body, "1");
}

TEST(idempotency, keeps_so_many)
{
    idempotency once;
    int runs = 0;
    const auto run = [&] { return answer(std::to_string(++runs)); };
    for (std::size_t i = 0; i < idempotency::kept_max; ++i)
        once.once("x" + std::to_string(i), "body", run);
    const int before = runs;
    once.once("x1", "body", run); // makes room for one
    EXPECT_EQ(runs, before);
    once.once("x0", "body", run);
    EXPECT_EQ(runs, before + 1);
}

TEST(idempotency, serves_many_threads)
{
    idempotency once;
    std::atomic<int> runs = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 200; ++n)
                once.once(std::to_string(n), "body", [&] {
                    ++runs;
                    return answer("");
                });
        });
    for (std::thread& each : threads)
        each.join();
    EXPECT_EQ(runs, 200);
}

} // namespace
} // namespace cresset::standalone
