#include "serve/admission.hpp"

#include <utility>

namespace cresset::serve {
namespace {

// Who is turned away is told to come back after 1 to so many seconds, one after the other, so that
// not all of them come at once.
constexpr unsigned retry_spread_s = 10;

} // namespace

admission::admission(const limits& of, hub::hub& clients, std::vector<const front_counters*> fronts)
    : limits_(of), hub_(clients), fronts_(std::move(fronts))
{}

bool admission::has_place_for_connection() const noexcept
{
    if (limits_.unauthenticated == 0)
        return true;
    const auto clients = hub_.clients();
    std::size_t unauthenticated = clients.all - clients.authenticated;
    for (const front_counters* front : fronts_)
        unauthenticated += front->coming_in.value();
    return unauthenticated < limits_.unauthenticated;
}

admission::refusal admission::enter(const base::ip_address& client)
{
    if (short_of_memory_.load(std::memory_order_relaxed))
        return refuse(503, "the server is short of memory");
    if (limits_.clients != 0 && hub_.clients().all >= limits_.clients)
        return refuse(503, "the server has as many clients as it may");
    if (!hub_.addresses().enter(client))
        return refuse(429, "your address has as many connections as it may");
    return {};
}

admission::refusal admission::refuse(unsigned status, std::string_view why) noexcept
{
    const unsigned count = refused_.fetch_add(1, std::memory_order_relaxed);
    return {status, why, 1 + count % retry_spread_s};
}

} // namespace cresset::serve
