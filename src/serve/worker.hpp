#pragma once

#include "base/log.hpp"
#include "net/connection_set.hpp"
#include "net/event_loop.hpp"
#include "serve/http_front.hpp"
#include "serve/placement.hpp"

#include <atomic>
#include <cresset/stop_plan.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
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
    void serve(net::owned_socket listening, const http_service& service, upgrade_handler upgrade,
               base::log& log);

    // Before start: shares what comes among workers, of which this one has the index.
    void balance(placement& all, unsigned index, std::span<const std::unique_ptr<worker>> workers);

    void start();

    // From any thread.
    const front_counters& counters() const noexcept { return counters_; }

    // From any thread: after the delay accepts no more, and calls close_clients on the loop's
    // thread, which has the spread for it. Who is still coming in has as long. Ends when all
    // connections have, or when the deadline behind the spread has passed: what is left by then is
    // cut off. Called again, the one that ends sooner counts.
    void stop(const stop_plan& plan, std::function<void()> close_clients);

    // From any thread: whether the thread has come to its end, which join then doesn't wait for.
    bool stopped() const noexcept { return stopped_; }

    // Waits for the end of the thread.
    void join();

private:
    bool on_turn_end() override;
    void on_timer() override;

    enum class stage
    {
        serving,
        waiting, // for the end of the delay
        leaving, // nobody new comes in
        ending   // what is left is to end
    };

    void leave();
    void end();
    bool leaves() const noexcept { return stage_ >= stage::leaving; }
    void take(int descriptor, const net::endpoint& peer);

    net::event_loop loop_;
    net::connection_set connections_;
    front_counters counters_;
    std::unique_ptr<http_front> front_;
    placement* placement_ = nullptr; // null if there is nobody to share with
    unsigned index_ = 0;             // in it
    std::thread thread_;
    stage stage_ = stage::serving;
    stop_plan plan_;                      // of the stages behind serving
    std::uint64_t ends_ms_ = 0;           // at the latest, by the plan
    std::function<void()> close_clients_; // until it leaves
    std::atomic<bool> stopped_{false};
};

} // namespace cresset::serve
