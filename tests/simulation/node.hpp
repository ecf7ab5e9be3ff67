#pragma once

#include "base/log.hpp"
#include "hub/hub.hpp"
#include "hub/shard.hpp"
#include "net/connection_set.hpp"
#include "net/event_loop.hpp"
#include "simulation/application.hpp"
#include "simulation/clock.hpp"
#include "simulation/redis.hpp"
#include "support/sockets.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace cresset::simulation {

// A process of the fleet: hub, shards, their loops and connections are the real ones, but no loop
// has a thread. Whoever calls turn is the thread of that loop meanwhile, and of none otherwise.
class node
{
public:
    node(const hub::options& settings, unsigned shards, node_link& link, const clock& time);
    ~node();
    node(const node&) = delete;
    node& operator=(const node&) = delete;

    // The server's end of a connection that has just been upgraded. `rest` came behind the request.
    void accept(unsigned shard, tests::descriptor socket, const std::string& address,
                std::string_view rest = {});

    unsigned shards() const noexcept { return static_cast<unsigned>(parts_.size()); }

    // One turn of the shard's loop. True if it had something to do, or has.
    bool turn(unsigned shard) { return parts_[shard]->loop.turn(); }

    // Until the next turn has something to do without an event, in milliseconds; -1 if nothing.
    int wait_ms() const noexcept;

    // As serve::node does it: everybody is sent away at once, or one by one, and who is still there
    // after the deadline is cut off.
    void stop(std::chrono::milliseconds spread, std::chrono::milliseconds deadline);
    bool stopping() const noexcept { return stopping_; }

    // When the last client has gone from a node that stops.
    void end_if_stopped();

    std::size_t connections() const noexcept;

    hub::hub& hub() noexcept { return hub_; }
    application& app() noexcept { return app_; }
    node_link& link() noexcept { return link_; }

private:
    struct unused_handler final : net::connection::handler
    {
        void on_data(std::span<char>) override {}
        void on_deadline() override {}
        void on_closed() override {}
    };

    struct part final : private net::timer
    {
        explicit part(const clock& time) : loop(time), connections(loop) {}
        void cut_off_after(std::chrono::milliseconds deadline) { loop.arm(*this, deadline); }

        net::event_loop loop;
        net::connection_set connections;

    private:
        void on_timer() override { connections.close_all(); }
    };

    hub::options settings_;
    application app_;
    node_link& link_;
    base::log log_{base::log_level::off, base::log_format::text};
    hub::hub hub_;
    unused_handler never_called_; // accept puts another in its place
    bool stopping_ = false;
    std::vector<std::unique_ptr<part>> parts_; // go before the hub
};

} // namespace cresset::simulation
