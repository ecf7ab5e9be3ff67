#pragma once

#include "base/log.hpp"
#include "net/connection_set.hpp"
#include "net/listener.hpp"
#include "serve/http_session.hpp"
#include "serve/proxy_session.hpp"
#include "serve/refusals.hpp"

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
    // Takes over a listening socket. The references outlive it.
    http_front(net::connection_set& connections, net::owned_socket listening,
               const http_service& service, upgrade_handler upgrade, front_counters& counters,
               base::log& log);

    // Asked of each new connection: true if it went to another front.
    using elsewhere = std::function<bool(int descriptor, const net::endpoint& peer)>;
    void set_elsewhere(elsewhere ask) { elsewhere_ = std::move(ask); }

    // A connection that came to another front.
    void adopt(int descriptor, const net::endpoint& peer);

    // Those that wait already.
    void accept_rest() { listener_.accept_rest(); }

    // Accepts no more. Who has not got the answer to its first request, or is in the middle of
    // another, gets that one still, be it a WebSocket.
    void leave();

    // Ends the connections that still speak HTTP.
    void end();

private:
    void accept(int descriptor, const net::endpoint& peer);
    void accept_http(int descriptor, const base::ip_address& peer);
    void accept_proxied(int descriptor, const base::ip_address& peer);
    void begin_http(net::connection& c, const base::ip_address& client, std::span<char> rest);
    void forget(http_session& over);
    void forget(proxy_session& over);
    void count() noexcept;
    std::unique_ptr<http_session> make_session(const base::ip_address& peer);

    net::connection_set& connections_;
    const http_service& service_;
    upgrade_handler upgrade_;
    elsewhere elsewhere_;
    base::log& log_;
    front_counters& counters_;
    refusals refusals_;
    client_acceptor begin_;
    std::unordered_map<proxy_session*, std::unique_ptr<proxy_session>> proxied_;
    std::unordered_map<http_session*, std::unique_ptr<http_session>> sessions_;
    bool leaving_ = false;
    net::listener listener_;
};

} // namespace cresset::serve
