#include "serve/http_front.hpp"

#include "serve/admission.hpp"

#include <system_error>
#include <unistd.h>
#include <utility>

namespace cresset::serve {

http_front::http_front(net::connection_set& connections, net::owned_socket listening,
                       const http_service& service, upgrade_handler upgrade,
                       front_counters& counters, base::log& log)
    : connections_(connections),
      service_(service),
      upgrade_(std::move(upgrade)),
      log_(log),
      counters_(counters),
      refusals_(counters, log, connections.loop()),
      begin_([this](net::connection& c, const base::ip_address& client, std::span<char> rest) {
          begin_http(c, client, rest);
      }),
      listener_(
          connections.loop(), std::move(listening), log,
          [this](int descriptor, const net::endpoint& peer) { accept(descriptor, peer); },
          service.accepts_per_second)
{}

void http_front::leave()
{
    if (std::exchange(leaving_, true))
        return;
    listener_.stop();
    for (const auto& [session, owned] : sessions_)
        session->leave();
}

void http_front::end()
{
    for (const auto& [session, owned] : proxied_)
        session->close();
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
    if (service_.admission && !service_.admission->has_place_for_connection()) {
        ::close(descriptor);
        refusals_.connection(peer.ip());
        return;
    }
    try {
        if (service_.proxy_protocol)
            accept_proxied(descriptor, peer.ip());
        else
            accept_http(descriptor, peer.ip());
    } catch (const std::system_error& error) {
        log_.error("connection refused", {{"peer", peer.to_string()}, {"error", error.what()}});
    }
}

void http_front::accept_http(int descriptor, const base::ip_address& peer)
{
    auto session = make_session(peer);
    net::connection& c = connections_.adopt(descriptor, *session);
    c.set_deadline(service_.request_timeout);
    session->start(c);
    sessions_.emplace(session.get(), std::move(session));
    count();
}

// Whose connection a stranger says that it is may be a lie, and without a header it is not known.
void http_front::accept_proxied(int descriptor, const base::ip_address& peer)
{
    if (!contain(service_.trusted_proxies, peer)) {
        ::close(descriptor);
        refusals_.proxy(peer, "it comes from no trusted proxy");
        return;
    }
    auto session = std::make_unique<proxy_session>(peer, refusals_, begin_,
                                                   [this](proxy_session& over) { forget(over); });
    session->start(connections_.adopt(descriptor, *session), service_.request_timeout);
    proxied_.emplace(session.get(), std::move(session));
    count();
}

void http_front::begin_http(net::connection& c, const base::ip_address& client,
                            std::span<char> rest)
{
    auto owned = make_session(client);
    http_session& session = *owned;
    sessions_.emplace(&session, std::move(owned));
    count();
    c.set_handler(session);
    session.start(c, rest);
}

// Functions of their own, since what calls them goes with the session, and all that it has
// captured.
void http_front::forget(http_session& over)
{
    sessions_.erase(&over);
    count();
}

void http_front::forget(proxy_session& over)
{
    proxied_.erase(&over);
    count();
}

void http_front::count() noexcept
{
    counters_.coming_in.set(sessions_.size() + proxied_.size());
}

std::unique_ptr<http_session> http_front::make_session(const base::ip_address& peer)
{
    auto made = std::make_unique<http_session>(service_, upgrade_, peer, refusals_,
                                               [this](http_session& over) { forget(over); });
    if (leaving_)
        made->leave();
    return made;
}

} // namespace cresset::serve
