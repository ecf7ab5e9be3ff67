#include "serve/refusals.hpp"

namespace cresset::serve {
namespace {

// Longer than any that a page has; a stranger may send thousands.
constexpr std::size_t logged_bytes_max = 200;

std::string_view logged(const std::string* header)
{
    return header ? std::string_view(*header).substr(0, logged_bytes_max) : "none";
}

} // namespace

void refusals::origin(const http::request& asked, const base::ip_address& client,
                      std::string_view why)
{
    counters_.refused_origins.add();
    const auto held_back = origin_lines_.take(loop_.now_ms());
    if (!held_back)
        return;
    log_.warn("WebSocket refused", {{"why", why},
                                    {"origin", logged(asked.find("Origin"))},
                                    {"host", logged(asked.find("Host"))},
                                    {"address", client.to_string()},
                                    {"others_since", *held_back}});
}

void refusals::proxy(const base::ip_address& peer, std::string_view why)
{
    counters_.refused_proxies.add();
    tell(proxy_lines_, "connection refused", peer, why);
}

void refusals::connection(const base::ip_address& peer)
{
    counters_.refused_connections.add();
    tell(connection_lines_, "connection refused", peer, "too many are not authenticated yet");
}

void refusals::upgrade(const base::ip_address& client, std::string_view why)
{
    counters_.refused_upgrades.add();
    tell(upgrade_lines_, "WebSocket refused", client, why);
}

void refusals::tell(base::log_limit& lines, std::string_view what, const base::ip_address& whose,
                    std::string_view why)
{
    if (const auto held_back = lines.take(loop_.now_ms()))
        log_.warn(what,
                  {{"why", why}, {"address", whose.to_string()}, {"others_since", *held_back}});
}

} // namespace cresset::serve
