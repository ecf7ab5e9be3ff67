#include "serve/http_front.hpp"

#include <system_error>
#include <utility>

namespace cresset::serve {

http_front::http_front(net::connection_set& connections, net::owned_socket listening, const http_service& service,
                       upgrade_handler upgrade, base::log& log)
    : connections_(connections),
      service_(service),
      upgrade_(std::move(upgrade)),
      log_(log),
      listener_(connections.loop(), std::move(listening), log,
                [this](int descriptor, const net::endpoint& peer) { accept(descriptor, peer); })
{}

void http_front::stop()
{
    listener_.stop();
    for (const auto& [session, owned] : sessions_)
        session->finish();
}

void http_front::accept(int descriptor, const net::endpoint& peer)
{
    if (!elsewhere_ || !elsewhere_(descriptor, peer))
        adopt(descriptor, peer);
}

void http_front::adopt(int descriptor, const net::endpoint& peer)
{
    auto session = std::make_unique<http_session>(
        service_, upgrade_, [this](http_session& over) { sessions_.erase(&over); });
    try {
        session->start(connections_.adopt(descriptor, *session));
    } catch (const std::system_error& error) {
        log_.error("connection refused", {{"peer", peer.to_string()}, {"error", error.what()}});
        return;
    }
    sessions_.emplace(session.get(), std::move(session));
}

} // namespace cresset::serve
