#pragma once

#include "base/ip_address.hpp"
#include "base/log.hpp"
#include "base/log_limit.hpp"
#include "http/request.hpp"
#include "net/event_loop.hpp"
#include "serve/front_counters.hpp"

#include <string_view>

namespace cresset::serve {

// Tells of it: every one in the counters, a line a second of each kind in the log. One thread's.
class refusals
{
public:
    // All three outlive it.
    refusals(front_counters& counters, base::log& log, const net::event_loop& loop) noexcept
        : counters_(counters), log_(log), loop_(loop)
    {}

    void origin(const http::request& asked, const base::ip_address& client, std::string_view why);
    void proxy(const base::ip_address& peer, std::string_view why);
    void connection(const base::ip_address& peer);
    void upgrade(const base::ip_address& client, std::string_view why);

    // Those who are slow are counted and no more: there are always some.
    void slow_request() { counters_.timed_out_requests.add(); }

private:
    void tell(base::log_limit& lines, std::string_view what, const base::ip_address& whose,
              std::string_view why);

    front_counters& counters_;
    base::log& log_;
    const net::event_loop& loop_;
    base::log_limit origin_lines_;
    base::log_limit proxy_lines_;
    base::log_limit connection_lines_;
    base::log_limit upgrade_lines_;
};

} // namespace cresset::serve
