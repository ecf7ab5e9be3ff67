#pragma once

#include "base/log.hpp"
#include "broker/broker.hpp"
#include "http/router.hpp"
#include "hub/application.hpp"
#include "hub/hub.hpp"
#include "hub/options.hpp"
#include "net/endpoint.hpp"
#include "net/owned_socket.hpp"
#include "serve/admission.hpp"
#include "serve/certificates.hpp"
#include "serve/http_session.hpp"
#include "serve/memory_guard.hpp"
#include "serve/worker.hpp"

#include <atomic>
#include <chrono>
#include <cresset/limits.hpp>
#include <cresset/stop_plan.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cresset::serve {

struct node_options
{
    std::string host = "127.0.0.1";
    std::uint16_t port = 3000; // 0 takes a free one
    std::string websocket_path = "/ws";
    bool loopback_only = false;        // refuse to listen anywhere else
    unsigned threads = 1;              // up to hub::shards_max
    std::shared_ptr<certificates> tls; // null: in the clear

    // Listen beside another process, and have all that comes from then on: that one is about to
    // stop. Or at a socket that somebody else has opened; host and port then mean nothing.
    bool take_over = false;
    std::optional<int> listening_socket;

    http::origin_rules origins{};
    base::ip_prefixes trusted_proxies{};
    bool proxy_protocol = false;

    // From connecting to the whole request of the handshake, or to that of any other.
    std::chrono::milliseconds handshake_timeout{10'000};

    hub::options clients; // those of its limits that are in `limits` come from there
    cresset::limits limits;
};

// A server of a process, library and `cresset serve` alike: the place where loops, shards and the
// port are made and put together. What it is for is the application's and the routes'.
class node
{
public:
    // The references outlive it; the routes are complete before start.
    node(node_options options, hub::application& app, broker::broker& nodes,
         const http::router& routes, base::log& log);
    ~node();
    node(const node&) = delete;
    node& operator=(const node&) = delete;

    // Reaches the other nodes, opens the port and starts the threads. Throws std::runtime_error
    // with a line for people if that can't be done. Once.
    void start();

    // After start: the port that was taken, and "http://127.0.0.1:3000/", or https.
    std::uint16_t port() const noexcept { return endpoint_.port(); }
    std::string url() const;

    // Sends the clients away as the plan says. Returns at once; stopped tells when it is done, and
    // wait waits for it. Before start: does nothing. Called again, the plan that ends sooner
    // counts.
    void stop(const stop_plan& plan);
    bool stopping() const noexcept { return stopping_; }
    bool stopped() const noexcept;
    void wait();

    // Reads the certificates anew. Throws std::runtime_error with a line for people if they can't
    // be used, and those before stay. Without TLS: does nothing.
    void reload_tls();

    // Clients that could not agree with it on TLS.
    std::uint64_t tls_failures() const noexcept
    {
        return options_.tls ? options_.tls->failures() : 0;
    }

    // Runs t on one of its threads, in a coming turn.
    void post(net::task t) { workers_.front()->loop().post(std::move(t)); }

    // Whether the calling thread is one of its own.
    bool in_worker_thread() const noexcept;

    front_totals fronts() const noexcept;

    hub::hub& hub() noexcept { return hub_; }
    const hub::hub& hub() const noexcept { return hub_; }

private:
    std::vector<net::owned_socket> listen();
    void shed();

    node_options options_;
    base::log& log_;
    broker::broker& broker_;
    bool started_ = false;
    std::atomic<bool> stopping_{false};
    bool joined_ = false; // to the other nodes, by a broker that has started
    http_service service_;
    net::endpoint endpoint_;
    hub::hub hub_;
    placement placement_;
    std::vector<std::unique_ptr<worker>> workers_;
    admission admission_;
    std::optional<memory_guard> memory_guard_; // in the loop of the first
};

} // namespace cresset::serve
