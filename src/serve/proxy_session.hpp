#pragma once

#include "base/ip_address.hpp"
#include "net/connection.hpp"
#include "net/proxy_header.hpp"
#include "serve/refusals.hpp"

#include <chrono>
#include <functional>
#include <span>

namespace cresset::serve {

// Takes over a connection from the client at `from`; `rest` came behind its header.
using client_acceptor =
    std::function<void(net::connection& c, const base::ip_address& from, std::span<char> rest)>;

// One connection of a trusted proxy, until its PROXY header has said whose it is: on the raw bytes,
// before TLS or HTTP begins. One that says it badly, or not in time, is closed without a word. On
// its connection's thread.
class proxy_session final : public net::connection::handler
{
public:
    // Calls accept if all goes well, and over(*this) at the end, which destroys it.
    proxy_session(const base::ip_address& proxy, refusals& refused, const client_acceptor& accept,
                  std::function<void(proxy_session&)> over);

    void start(net::connection& c, std::chrono::milliseconds header_timeout);

    void close() { connection_->close(); }

private:
    void on_data(std::span<char> bytes) override;
    void on_deadline() override;
    void on_closed() override { over_(*this); }

    base::ip_address proxy_;
    refusals& refusals_;
    const client_acceptor& accept_;
    std::function<void(proxy_session&)> over_;
    net::connection* connection_ = nullptr;
    net::proxy_header_reader reader_;
};

} // namespace cresset::serve
