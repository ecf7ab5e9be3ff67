#pragma once

#include "base/log.hpp"
#include "broker/memory_broker.hpp"
#include "http/router.hpp"
#include "hub/hub.hpp"
#include "hub/options.hpp"
#include "net/endpoint.hpp"
#include "server/http_session.hpp"
#include "server/standalone.hpp"
#include "server/worker.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cresset::server {

struct server_options
{
    std::string host = "127.0.0.1";
    std::uint16_t port = 3000; // 0 takes a free one
    std::string websocket_path = "/ws";
    unsigned threads = 1; // up to hub::shards_max

    hub::options clients;
    standalone_rules rules;
};

// The whole of `cresset serve`: the one place where everything is made and put together.
class server
{
public:
    // Opens the port. Throws std::runtime_error with a line for people if it can't.
    server(server_options options, base::log& log);
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    void start();

    // "http://127.0.0.1:3000/", with the port that was taken.
    std::string url() const;

    // Closes every client with 1001, and waits at most for the deadline to see them go. Returns at
    // once; stopped tells when it is done, and wait waits for it.
    void stop(std::chrono::milliseconds deadline);
    bool stopped() const noexcept;
    void wait();

    hub::totals count() const noexcept { return hub_.count(); }

private:
    void add_routes();

    server_options options_;
    base::log& log_;
    net::endpoint endpoint_;
    std::vector<int> listening_;
    http::router routes_;
    http_service service_;
    broker::memory_broker broker_;
    standalone app_;
    hub::hub hub_;
    std::vector<std::unique_ptr<worker>> workers_;
};

} // namespace cresset::server
