#pragma once

#include "base/log.hpp"
#include "net/connection_set.hpp"
#include "net/listener.hpp"
#include "serve/http_session.hpp"

#include <memory>
#include <unordered_map>

namespace cresset::serve {

// The HTTP side of one shard: accepts connections, answers requests, and hands on what becomes a
// WebSocket. On its loop's thread.
class http_front
{
public:
    // Takes over a listening socket. The service outlives it.
    http_front(net::connection_set& connections, int listening, const http_service& service,
               upgrade_handler upgrade, base::log& log);

    // Accepts no more, and ends the connections that still speak HTTP.
    void stop();

private:
    void accept(int descriptor, const net::endpoint& peer);

    net::connection_set& connections_;
    const http_service& service_;
    upgrade_handler upgrade_;
    base::log& log_;
    std::unordered_map<http_session*, std::unique_ptr<http_session>> sessions_;
    net::listener listener_;
};

} // namespace cresset::serve
