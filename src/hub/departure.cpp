#include "hub/departure.hpp"

#include "hub/shard.hpp"

#include <algorithm>
#include <cresset/constants.hpp>
#include <random>
#include <string>

namespace cresset::hub {
namespace {

constexpr std::chrono::milliseconds interval{10};

// Clients told or closed in one turn, so that the others are served meanwhile: more only where it
// would take longer than it may. A turn can come late by as much again and more.
constexpr std::size_t clients_a_turn = 128;
constexpr std::size_t turns_late = 4;

} // namespace

departure::departure(shard& home, std::chrono::milliseconds over)
    : home_(home),
      over_ms_(static_cast<std::uint64_t>(over.count())),
      begun_ms_(home.loop().now_ms()),
      clients_(home.authenticated()),
      a_turn_max_(
          std::max(clients_a_turn, clients_.size() * turns_late * interval.count() / over_ms_))
{
    // Any order will do that is not the one in which they came, so no better seed is needed.
    std::ranges::shuffle(clients_,
                         std::minstd_rand(static_cast<std::minstd_rand::result_type>(begun_ms_)));
    home_.loop().arm(*this, std::chrono::milliseconds(0));
}

void departure::on_timer()
{
    const std::uint64_t elapsed = elapsed_ms();
    tell_some(elapsed);
    close_some(elapsed);
    if (closed_ < clients_.size())
        home_.loop().arm(*this, interval);
    else if (elapsed < over_ms_)
        home_.loop().arm(*this, std::chrono::milliseconds(over_ms_ - elapsed));
    else
        home_.close_all(ws::close_code::service_restart, reason);
}

// Of all, in the order in which they go, and so each before it goes.
void departure::tell_some(std::uint64_t elapsed_ms)
{
    const std::size_t until = std::min(clients_.size(), told_ + a_turn_max_);
    for (; told_ < until; ++told_)
        if (session* const s = home_.find(clients_[told_]))
            tell(*s, turn_of(told_), elapsed_ms);
}

void departure::tell_newcomer(session& s)
{
    tell(s, over_ms_, elapsed_ms());
}

void departure::tell(session& s, std::uint64_t turn_ms, std::uint64_t elapsed_ms)
{
    if (!s.asked_for().reconnect || s.state() != client_state::authenticated)
        return;
    const std::uint64_t delay_ms = turn_ms - std::min(turn_ms, elapsed_ms);
    s.send_event(events::reconnect, "{\"delayMs\":" + std::to_string(delay_ms) + "}");
}

void departure::close_some(std::uint64_t elapsed_ms)
{
    const std::size_t until = std::min(told_, closed_ + a_turn_max_);
    for (; closed_ < until && turn_of(closed_) <= elapsed_ms; ++closed_)
        if (session* const s = home_.find(clients_[closed_]))
            s->close(ws::close_code::service_restart, reason);
}

// In milliseconds from the beginning; the last one's is when all of the time is over.
std::uint64_t departure::turn_of(std::size_t index) const noexcept
{
    return over_ms_ * (index + 1) / clients_.size();
}

std::uint64_t departure::elapsed_ms() const noexcept
{
    return home_.loop().now_ms() - begun_ms_;
}

} // namespace cresset::hub
