// For what clients have to go, and when.

#include "simulation/broken.hpp"
#include "simulation/model.hpp"

#include <algorithm>
#include <chrono>

namespace cresset::simulation {
namespace {

std::string name_of(const record& c)
{
    return "client " + std::to_string(c.number);
}

std::uint64_t count_ms(std::chrono::milliseconds d)
{
    return static_cast<std::uint64_t>(d.count());
}

bool closes_slow_clients(const hub::options& of)
{
    return of.slow_clients == slow_client_policy::close ||
           std::ranges::any_of(of.event_policies, [](const event_policy& p) {
               return p.policy == slow_client_policy::close;
           });
}

bool goes(const record& c)
{
    return std::ranges::any_of(c.changes, [](const change& ch) { return !ch.of; });
}

} // namespace

void model::notice_end(record& c)
{
    c.gone = true;
    bool other_reasons = closes_slow_clients(settings());
    for (const ending& e : due(c)) {
        other_reasons |= e.earliest <= now();
        c.endings.push_back(e);
    }
    if (!goes(c) || other_reasons) // by a timer, or because it is slow: whenever that was
        c.changes.push_back({0, by::others, std::nullopt, false});
    c.silent_end = !world_.client(c.number).reading();
}

// What it has ended for was due.
void model::check_reason(record& c)
{
    if (!c.gone || c.over)
        return;
    std::erase_if(c.endings, [&](const ending& e) { return e.earliest > now(); });
    if (closes_slow_clients(settings()) && c.books.may_have_lost())
        c.endings.push_back({1013, "Too slow", 0, 0});
    require(!c.endings.empty(), name_of(c) + " was ended for no reason");
}

void model::check_end(record& c)
{
    const peer& p = world_.client(c.number);
    const std::string heard = std::to_string(p.close_code()) + ' ' + p.close_reason();
    require(c.gone, name_of(c) + " was told its end, and is still there: " + heard);
    const bool fits = std::ranges::any_of(c.endings, [&](const ending& e) {
        return e.code == p.close_code() && (e.reason.empty() || e.reason == p.close_reason());
    });
    require(fits || (p.close_code() == 0 && c.silent_end),
            name_of(c) + " was told another end than it had: " + heard);
    if (!p.ended())
        return;
    ++census_["ended with " + std::to_string(p.close_code())];
    c.over = true;
    c.books.close();
}

// What its state and its silence end it for, and when. In a batch it may have ended before the
// client did something.
std::vector<ending> model::due(const record& c) const
{
    const hub::options& of = settings();
    std::vector<ending> all = c.gone ? std::vector<ending>() : c.endings;
    if (c.state != client_state::authenticated) {
        all.push_back({4001, "Authentication timeout", c.before.auth_due_ms,
                       c.current.auth_due_ms + slack_ms});
    } else {
        const std::uint64_t silent = count_ms(of.heartbeat_timeout);
        const std::uint64_t watched = std::max(c.current.message_ms + silent, c.admitted_ms);
        all.push_back({4002, "Heartbeat timeout", c.before.message_ms + silent,
                       watched + count_ms(of.heartbeat_interval) + slack_ms});
    }
    // Who reads answers pings, and is not idle.
    const std::uint64_t idle = count_ms(of.idle_timeout);
    const bool answers = c.was_reading && world_.client(c.number).reading() && of.send_pings;
    if (idle != 0 && !answers)
        all.push_back({0, {}, c.before.said_ms + idle, c.current.said_ms + idle + slack_ms});
    return all;
}

} // namespace cresset::simulation
