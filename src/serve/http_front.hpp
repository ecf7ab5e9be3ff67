#pragma once

#include "base/log.hpp"
#include "net/connection_set.hpp"
#include "net/listener.hpp"
#include "serve/http_session.hpp"

#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

namespace cresset::serve {

// The HTTP side of one shard: accepts connections, answers requests, and hands on what becomes a
// WebSocket. On its loop's thread.
class http_front
{
public:
    // Takes over a listening socket. The service outlives it.
    http_front(net::connection_set& connections, net::owned_socket listening, const http_service& service,
               upgrade_handler upgrade, base::log& log);

    // Asked of each new connection: true if it went to another front.
    using elsewhere = std::function<bool(int descriptor, const net::endpoint& peer)>;
    void set_elsewhere(elsewhere ask) { elsewhere_ = std::move(ask); }

    // A connection that came to another front.
    void adopt(int descriptor, const net::endpoint& peer);

    // Accepts no more, and ends the connections that still speak HTTP.
    void stop();

private:
    void accept(int descriptor, const net::endpoint& peer);

    net::connection_set& connections_;
    const http_service& service_;
    upgrade_handler upgrade_;
    elsewhere elsewhere_;
    base::log& log_;
    std::unordered_map<http_session*, std::unique_ptr<http_session>> sessions_;
    net::listener listener_;
};

} // namespace cresset::serve
