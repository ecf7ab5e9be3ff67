#pragma once

#include "base/ip_address.hpp"
#include "base/log.hpp"
#include "base/log_limit.hpp"
#include "http/request.hpp"
#include "hub/counters.hpp"
#include "net/event_loop.hpp"

#include <string_view>

namespace cresset::serve {

// Whom a port has turned away. Counted by one thread, read by any.
struct refusal_counters
{
    hub::counter origins; // WebSockets of pages that may not connect
    hub::counter proxies; // connections that are of no trusted proxy, or say badly whose they are
};

// Tells of it: every one in the counters, a line a second of each kind in the log. One thread's.
class refusals
{
public:
    // All three outlive it.
    refusals(refusal_counters& counters, base::log& log, const net::event_loop& loop) noexcept
        : counters_(counters), log_(log), loop_(loop)
    {}

    void origin(const http::request& asked, const base::ip_address& client, std::string_view why);
    void proxy(const base::ip_address& peer, std::string_view why);

private:
    refusal_counters& counters_;
    base::log& log_;
    const net::event_loop& loop_;
    base::log_limit origin_lines_;
    base::log_limit proxy_lines_;
};

} // namespace cresset::serve
