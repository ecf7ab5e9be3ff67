#pragma once

#include "base/log.hpp"
#include "net/connection_set.hpp"
#include "net/event_loop.hpp"
#include "serve/http_front.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>

namespace cresset::serve {

// One thread of a server: a loop, its connections, and the HTTP side of its share of the port.
class worker final : private net::turn_end, private net::timer
{
public:
    worker();
    ~worker();

    net::connection_set& connections() noexcept { return connections_; }
    net::event_loop& loop() noexcept { return loop_; }

    // Before start: serves a listening socket.
    void serve(int listening, const http_service& service, upgrade_handler upgrade, base::log& log);

    void start();

    // From any thread.
    const refusal_counters& refused() const noexcept { return refused_; }

    // From any thread: accepts no more, calls close_clients on the loop's thread, and ends when all
    // connections have, or when the deadline has passed: what is left by then is cut off.
    void stop(std::chrono::milliseconds deadline, std::function<void()> close_clients);

    // From any thread: whether the thread has come to its end, which join then doesn't wait for.
    bool stopped() const noexcept { return stopped_; }

    // Waits for the end of the thread.
    void join();

private:
    bool on_turn_end() override;
    void on_timer() override;

    net::event_loop loop_;
    net::connection_set connections_;
    refusal_counters refused_;
    std::unique_ptr<http_front> front_;
    std::thread thread_;
    bool stopping_ = false;
    std::atomic<bool> stopped_{false};
};

} // namespace cresset::serve
