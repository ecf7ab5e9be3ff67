#pragma once

#include "net/event_loop.hpp"
#include "support/waiting.hpp"

#include <functional>
#include <future>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>

namespace cresset::tests {

// An event loop with a thread of its own, which ends with it.
class loop_thread
{
public:
    loop_thread() = default;
    loop_thread(const loop_thread&) = delete;
    loop_thread& operator=(const loop_thread&) = delete;
    ~loop_thread() { stop(); }

    void start()
    {
        thread_ = std::thread([this] { loop_.run(); });
    }

    // What was posted before still runs; returns when the thread has ended.
    void stop()
    {
        if (!thread_.joinable())
            return;
        loop_.stop();
        thread_.join();
    }

    net::event_loop& loop() noexcept { return loop_; }

    // Runs f on the loop's thread and returns what it returned.
    template <typename Function>
    auto run(Function f) -> std::invoke_result_t<Function&>
    {
        std::packaged_task<std::invoke_result_t<Function&>()> call(std::move(f));
        auto result = call.get_future();
        loop_.post([call = std::move(call)]() mutable { call(); });
        if (result.wait_for(time_limit) != std::future_status::ready)
            throw std::runtime_error("the loop does not run what is posted");
        return result.get();
    }

    // Returns after two whole turns: what the first one left for its end has been done.
    void settle()
    {
        run([] {});
        run([] {});
    }

private:
    net::event_loop loop_;
    std::thread thread_;
};

// A timer that calls a function.
class test_timer final : public net::timer
{
public:
    test_timer() = default;
    explicit test_timer(std::function<void()> f) : fired(std::move(f)) {}

    std::function<void()> fired;

private:
    void on_timer() override { fired(); }
};

} // namespace cresset::tests
