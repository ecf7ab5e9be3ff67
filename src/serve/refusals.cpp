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
    counters_.origins.add();
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
    counters_.proxies.add();
    const auto held_back = proxy_lines_.take(loop_.now_ms());
    if (!held_back)
        return;
    log_.warn("connection refused",
              {{"why", why}, {"address", peer.to_string()}, {"others_since", *held_back}});
}

} // namespace cresset::serve
