#pragma once

#include "base/ip_address.hpp"
#include "base/ip_prefix.hpp"
#include "http/origin_rules.hpp"
#include "http/request_parser.hpp"
#include "http/router.hpp"
#include "net/connection.hpp"
#include "serve/certificates.hpp"
#include "serve/refusals.hpp"
#include "ws/handshake.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace cresset::serve {

class admission;

// What the HTTP side of a port serves, the same for all shards.
struct http_service
{
    const http::router& routes;
    std::string websocket_path; // empty: any path
    http::request_limits limits{};
    certificates* tls = nullptr;         // null: in the clear
    http::origin_rules origins{};        // of WebSockets
    base::ip_prefixes trusted_proxies{}; // whose X-Forwarded-For and PROXY header are believed
    bool proxy_protocol = false;         // each connection begins with that header

    // The first request must be whole this long after the connection was made, with TLS and a PROXY
    // header before it, and others after their first byte; bytes that trickle in do not move it. An
    // idle connection is kept as long.
    std::chrono::milliseconds request_timeout{10'000};

    ws::deflate_options deflate{};

    serve::admission* admission = nullptr; // null: all may come in
    std::uint32_t accepts_per_second = 0;  // of each thread; zero: any
};

// Takes over a connection whose handshake is answered, from the client at `from`. `rest` came
// behind it; it may be changed, and has receive_padding readable bytes behind it. `deflate` is what
// the handshake agreed on.
using upgrade_handler =
    std::function<void(net::connection& c, std::span<char> rest, const base::ip_address& from,
                       ws::deflate_parameters deflate)>;

// One connection while it speaks HTTP: requests are answered in their order, until one becomes a
// WebSocket. On its connection's thread.
class http_session final : public net::connection::handler
{
public:
    // The peer is the other end of the connection, or whom a PROXY header names. Calls over(*this)
    // at the end, which destroys it.
    http_session(const http_service& service, const upgrade_handler& upgrade,
                 const base::ip_address& peer, refusals& refused,
                 std::function<void(http_session&)> over);

    // The connection's deadline is that of the first request, and runs already. `rest` has come;
    // see upgrade_handler.
    void start(net::connection& c, std::span<char> rest = {});

    // No request is answered but the first, or one of which a part has come.
    void leave();

    // Ends it when what is queued has been sent.
    void finish() { connection_->finish(); }

private:
    void on_data(std::span<char> bytes) override;
    void on_deadline() override;
    void on_drained() override;
    void on_closed() override;

    void serve(std::span<char> bytes);
    void answer(http::request asked, std::span<char> rest);
    http::response answer_elsewhere(const http::request& asked) const;
    void answer_websocket(const http::request& asked, std::span<char> rest);
    ws::upgrade answer_upgrade(const http::request& asked, const base::ip_address& client);
    void send(const http::response& answer, const http::request& asked);
    void refuse(unsigned status, std::string_view why);
    void expect_request();

    const http_service& service_;
    const upgrade_handler& upgrade_;
    base::ip_address peer_;
    refusals& refusals_;
    std::function<void(http_session&)> over_;
    net::connection* connection_ = nullptr;
    http::request_parser parser_;
    bool first_ = true;             // no request has come yet
    bool started_ = false;          // part of one has
    bool last_ = false;             // no other request is answered
    bool upgraded_ = false;         // the connection has another handler
    std::size_t unsent_before_ = 0; // when the deadline was last set while requests wait
    std::string waiting_;           // bytes of requests that wait until the queue has drained
};

} // namespace cresset::serve
