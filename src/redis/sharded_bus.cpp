#include "redis/sharded_bus.hpp"

#include "redis/command.hpp"

#include <algorithm>
#include <utility>

namespace cresset::redis {
namespace {

// How often it is looked at what can go on.
constexpr std::chrono::milliseconds tick{50};

// When a slot has moved or a master comes back, all nodes subscribe there again, within about so
// long of each other. What is published before that is not heard by all.
constexpr std::uint64_t grace_ms = 150;

// Subscriptions that Redis doesn't confirm hold what is published up for so long.
constexpr std::uint64_t confirm_limit_ms = 2'000;

// A master that has given a slot away is not asked again so soon. One that has become a replica
// would take the subscription, and then what is published comes twice: from it, and a little later
// from the new master.
constexpr std::uint64_t retry_ms = 100;

// A node that is no master any more answers what is under way in so long, or not at all.
constexpr std::uint64_t retire_limit_ms = 500;

// Longer than a turn of the loop.
constexpr std::uint64_t bury_delay_ms = 1'000;

} // namespace

sharded_bus::sharded_bus(net::connection_set& connections, const options& how, bus::observer& o,
                         bool subscribes)
    : connections_(connections),
      loop_(connections.loop()),
      observer_(o),
      subscribes_(subscribes),
      servers_(connections, how, [this] { on_map(); }),
      queue_bytes_max_(how.queue_bytes_max),
      queue_(queue_bytes_max_),
      slots_(slot_count)
{}

void sharded_bus::start()
{
    servers_.start();
    loop_.arm(*this, tick);
}

void sharded_bus::stop()
{
    cancel();
    unplaced_.clear();
    std::vector<publication> unsent = queue_.close();
    servers_.stop();
    for (const auto& m : masters_)
        m->stop();
    for (publication& p : unsent)
        tally_.conclude(p, publish_outcome::dropped);
}

void sharded_bus::want(const std::string& channel, subscription_kind)
{
    if (const auto [added, is_new] = channels_.try_emplace(channel); is_new) {
        added->second.slot = slot_of(channel);
        subscribe(channel, added->second);
    }
}

void sharded_bus::unwant(const std::string& channel, subscription_kind)
{
    if (channels_.erase(channel) == 0)
        return;
    for (const auto& m : masters_)
        if (m->present())
            m->unwant(channel);
}

// By the masters that have them; then it is looked at again, as one of them may have been the wrong
// one.
void sharded_bus::when_confirmed(net::task then)
{
    if (!all_placed()) {
        unplaced_.push_back(std::move(then));
        return;
    }
    struct shared
    {
        std::size_t unconfirmed;
        net::task then;
    };
    const auto waiting = std::make_shared<shared>(shared{masters_.size() + 1, std::move(then)});
    const auto one_less = [this, waiting] {
        if (--waiting->unconfirmed != 0)
            return;
        if (all_placed())
            waiting->then();
        else
            unplaced_.push_back(std::move(waiting->then));
    };
    for (const auto& m : masters_)
        m->when_confirmed(one_less);
    one_less();
}

publisher::accepted sharded_bus::publish(std::string_view channel, std::string_view payload,
                                         publisher::done then, bool counted)
{
    auto where = shard_queue::place::nowhere;
    std::vector<publication> given_way;
    if (channel.size() + payload.size() <= queue_bytes_max_) // else it is not worth a copy
        where = queue_.push({make_command({"SPUBLISH", channel, payload}), std::move(then), counted,
                             slot_of(channel)},
                            given_way);
    give_up(given_way);
    switch (where) {
    case shard_queue::place::in_lane:
        if (!pump_is_posted_.exchange(true))
            loop_.post([this] {
                pump_is_posted_ = false;
                pump_all();
            });
        return publisher::accepted::handed;
    case shard_queue::place::parked:
        return publisher::accepted::waiting;
    case shard_queue::place::nowhere:
        break;
    }
    tally_.count(counted, publish_outcome::dropped);
    return publisher::accepted::lost;
}

publisher::totals sharded_bus::counts() const
{
    return tally_.totals(queue_.bytes() + under_way_bytes_);
}

void sharded_bus::hold(bool on)
{
    held_ = on;
    if (!held_)
        pump_all();
}

bool sharded_bus::complete() const
{
    const auto served = [&](const auto& c) { return slots_[c.second.slot].owner != nullptr; };
    const auto complete = [](const auto& m) { return !m->present() || m->complete(); };
    return known_ && std::ranges::all_of(masters_, complete) &&
           std::ranges::all_of(channels_, served);
}

bool sharded_bus::can_publish() const
{
    return std::ranges::any_of(masters_,
                               [](const auto& m) { return m->present() && m->can_publish(); });
}

void sharded_bus::reconnect(std::string_view why)
{
    for (const auto& m : masters_)
        if (m->present())
            m->reconnect(why);
}

void sharded_bus::on_map()
{
    const cluster_watch& map = *servers_.cluster();
    for (const auto& m : masters_)
        if (m->present() && std::ranges::find(map.masters(), m->where()) == map.masters().end())
            m->retire();
    std::vector<std::uint16_t> moved;
    for (std::uint16_t slot = 0; slot < slot_count; ++slot) {
        const auto where = map.master_of(slot);
        cluster_master* const now = where ? &master_at(*where) : nullptr;
        if (std::exchange(slots_[slot].owner, now) != now)
            moved.push_back(slot);
    }
    if (std::exchange(known_, true))
        park(moved);
    settle();
    observer_.on_change({});
}

cluster_master& sharded_bus::master_at(const address& where)
{
    const auto here = [&](const auto& m) { return m->present() && m->where() == where; };
    if (const auto found = std::ranges::find_if(masters_, here); found != masters_.end())
        return **found;
    cluster_master& m = *masters_.emplace_back(
        std::make_unique<cluster_master>(connections_, servers_.settings(), where, subscribes_,
                                         static_cast<cluster_master::owner&>(*this)));
    queue_.add(m.lane());
    m.start();
    return m;
}

// Ends those that are masters no more: their slots have others.
void sharded_bus::bury()
{
    const std::uint64_t now = loop_.now_ms();
    for (const auto& m : masters_)
        if (!m->present() && !m->stopped() &&
            (m->idle() || now - m->ended_ms() >= retire_limit_ms)) {
            queue_.remove(m->lane());
            m->stop();
        }
    std::erase_if(masters_, [&](const auto& m) {
        return m->stopped() && now - m->ended_ms() >= bury_delay_ms;
    });
}

void sharded_bus::on_timer()
{
    loop_.arm(*this, tick);
    bury();
    settle();
}

void sharded_bus::on_up(cluster_master&)
{
    refusal_told_ = false;
    settle();
    observer_.on_change({});
}

void sharded_bus::on_down(cluster_master& m, std::string_view why)
{
    if (!m.present())
        return;
    if (!m.can_publish())
        park(m);
    servers_.cluster()->refresh();
    observer_.on_change(why);
}

void sharded_bus::on_moved(cluster_master& m, std::string_view channel)
{
    const auto found = channels_.find(std::string(channel));
    if (found == channels_.end() || found->second.at != &m)
        return;
    subscription& s = found->second;
    s.at = nullptr;
    s.left = &m;
    s.left_ms = loop_.now_ms();
    park(std::span(&s.slot, 1));
    servers_.cluster()->refresh();
}

void sharded_bus::on_message(std::string_view channel, std::string_view payload)
{
    observer_.on_message(channel, payload);
}

void sharded_bus::on_refused(std::string_view channel, std::string_view error)
{
    observer_.on_refused(channel, error);
}

void sharded_bus::on_taken(publication& p)
{
    forget(p);
    // What came back before would come behind it.
    if (returned_.contains(p.slot))
        for (publication& older : queue_.take_older(p.slot, p.number))
            tally_.conclude(older, publish_outcome::refused);
    tally_.conclude(p, publish_outcome::taken);
}

void sharded_bus::on_refused(publication& p, std::string_view error)
{
    forget(p);
    if (!is_redirection(error)) {
        tally_.conclude(p, publish_outcome::refused);
        if (!std::exchange(refusal_told_, true))
            observer_.on_refused("SPUBLISH", error);
        return;
    }
    park(std::span(&p.slot, 1));
    returned_.insert(p.slot);
    std::vector<publication> given_way;
    queue_.put_back(std::move(p), given_way);
    give_up(given_way);
    servers_.cluster()->refresh();
}

void sharded_bus::on_unconfirmed(publication& p)
{
    forget(p);
    tally_.conclude(p, publish_outcome::unconfirmed);
}

void sharded_bus::settle()
{
    subscribe();
    if (!unplaced_.empty() && all_placed())
        for (net::task& then : std::exchange(unplaced_, {}))
            when_confirmed(std::move(then));
    release();
}

bool sharded_bus::all_placed() const
{
    return std::ranges::all_of(channels_, [](const auto& c) { return c.second.at != nullptr; });
}

void sharded_bus::subscribe()
{
    for (auto& [channel, s] : channels_)
        subscribe(channel, s);
}

void sharded_bus::subscribe(const std::string& channel, subscription& s)
{
    cluster_master* const now = slots_[s.slot].owner;
    if (s.at == now || (s.left == now && loop_.now_ms() - s.left_ms < retry_ms))
        return;
    s.at = now;
    s.left = nullptr;
    if (now)
        now->want(channel);
}

void sharded_bus::park(std::span<const std::uint16_t> slots)
{
    const std::uint64_t now = loop_.now_ms();
    std::vector<shard_queue::route> routes;
    for (const std::uint16_t slot : slots) {
        slot_state& s = slots_[slot];
        s.not_before_ms = now + grace_ms;
        if (std::exchange(s.parked, true))
            continue;
        ++parked_;
        s.parked_ms = now;
        routes.push_back({slot, nullptr});
    }
    queue_.direct(routes);
}

void sharded_bus::park(const cluster_master& of)
{
    std::vector<std::uint16_t> slots;
    for (std::uint16_t slot = 0; slot < slot_count; ++slot)
        if (slots_[slot].owner == &of)
            slots.push_back(slot);
    park(slots);
}

void sharded_bus::release()
{
    if (parked_ == 0)
        return;
    const std::uint64_t now = loop_.now_ms();
    std::vector<shard_queue::route> routes;
    for (std::uint16_t slot = 0; slot < slot_count; ++slot) {
        slot_state& s = slots_[slot];
        if (!s.parked)
            continue;
        if (!can_go(s)) {
            if (s.not_before_ms != 0)
                s.not_before_ms = now + grace_ms;
            continue;
        }
        if (now < s.not_before_ms)
            continue;
        --parked_;
        s.parked = false;
        returned_.erase(slot);
        routes.push_back({slot, &s.owner->lane()});
    }
    if (routes.empty())
        return;
    queue_.direct(routes);
    pump_all();
}

bool sharded_bus::can_go(const slot_state& s) const
{
    if (!s.owner || !s.owner->can_publish() || s.under_way != 0)
        return false;
    const std::uint64_t since = std::max(s.parked_ms, s.owner->up_ms());
    return s.owner->confirmed() || loop_.now_ms() - since >= confirm_limit_ms;
}

// As much as the window takes, in one piece.
void sharded_bus::pump(cluster_master& m)
{
    if (held_)
        return;
    for (publication& p : queue_.take(m.lane(), m.room())) {
        ++slots_[p.slot].under_way;
        under_way_bytes_ += p.command.size();
        m.add(std::move(p));
    }
    m.flush();
}

void sharded_bus::pump_all()
{
    for (const auto& m : masters_)
        if (m->present())
            pump(*m);
}

void sharded_bus::forget(const publication& p)
{
    --slots_[p.slot].under_way;
    under_way_bytes_ -= p.command.size();
}

// Counted at once; told on the loop's thread.
void sharded_bus::give_up(std::vector<publication>& given_way)
{
    std::vector<publisher::done> told;
    for (publication& p : given_way) {
        tally_.count(p.counted, publish_outcome::dropped);
        if (p.then)
            told.push_back(std::move(p.then));
    }
    if (told.empty())
        return;
    loop_.post([told = std::move(told)]() mutable {
        for (publisher::done& then : told)
            then(publish_outcome::dropped);
    });
}

} // namespace cresset::redis
