#pragma once

#include "hub/counters.hpp"

#include <cstdint>

namespace cresset::serve {

// What the HTTP side of one thread has seen. Counted by that thread, read by any.
struct front_counters
{
    hub::counter coming_in; // connections that speak HTTP yet, now

    // Whom it has turned away.
    hub::counter refused_origins;     // WebSockets of pages that may not connect
    hub::counter refused_proxies;     // connections that say badly whose they are
    hub::counter refused_connections; // too many are not authenticated
    hub::counter refused_upgrades;    // WebSockets of too many clients, or for want of memory
    hub::counter timed_out_requests;  // connections whose request was not whole in time
};

// The same of all threads.
struct front_totals
{
    std::uint64_t refused_origins = 0;
    std::uint64_t refused_proxies = 0;
    std::uint64_t refused_connections = 0;
    std::uint64_t refused_upgrades = 0;
    std::uint64_t timed_out_requests = 0;

    front_totals& operator+=(const front_counters& c) noexcept
    {
        refused_origins += c.refused_origins.value();
        refused_proxies += c.refused_proxies.value();
        refused_connections += c.refused_connections.value();
        refused_upgrades += c.refused_upgrades.value();
        timed_out_requests += c.timed_out_requests.value();
        return *this;
    }
};

} // namespace cresset::serve
