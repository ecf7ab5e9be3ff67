#include "load/crowd.hpp"

#include "load/redis_outlet.hpp"
#include "load/stillness.hpp"

#include <algorithm>
#include <cstdio>
#include <random>

namespace cresset::load {
namespace {

std::uint32_t random_number()
{
    return std::random_device{}();
}

std::string as_hex(std::uint32_t number)
{
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", number);
    return digits;
}

} // namespace

std::string crowd::ratio(std::uint64_t part, std::uint64_t all)
{
    return std::to_string(part) + " of " + std::to_string(all);
}

crowd::crowd(const plan& p, watch& w)
    : plan_(p),
      watch_(w),
      run_name_(as_hex(random_number())),
      codec_(static_cast<std::uint32_t>(std::stoul(run_name_, nullptr, 16)),
             std::max(p.size, message_codec::size_min))
{
    std::vector<worker*> all;
    for (unsigned i = 0; i < p.workers; ++i) {
        workers_.push_back(std::make_unique<worker>(p.come_in, codec_, random_number()));
        all.push_back(workers_.back().get());
    }
    each([&all](worker& each_of, std::size_t) { each_of.meet(all); });
}

crowd::~crowd()
{
    // What Redis is told goes by the worker's connections, and needs a turn between these two.
    if (redis_)
        workers_.front()->call([this] { redis_->stop(); });
    each([](worker& w, std::size_t) {
        w.sending.stop();
        w.let_go(true);
    });
    each([](worker& w, std::size_t) { w.sending.flows().clear(); });
}

void crowd::each(const std::function<void(worker&, std::size_t)>& what)
{
    for (std::size_t i = 0; i < workers_.size(); ++i)
        workers_[i]->call([&] { what(*workers_[i], i); });
}

std::uint64_t crowd::sum(reading of) const
{
    std::uint64_t all = 0;
    for (const auto& w : workers_)
        all += (*w.*of).get();
    return all;
}

std::uint64_t crowd::sum_sent(tally sender::*of) const
{
    std::uint64_t all = 0;
    for (const auto& w : workers_)
        all += (w->sending.*of).get();
    return all;
}

std::uint64_t crowd::sum_dialed(tally dialer::*of) const
{
    std::uint64_t all = 0;
    for (const auto& w : workers_)
        all += (w->dialing.*of).get();
    return all;
}

std::uint64_t crowd::failed() const
{
    return sum_dialed(&dialer::failed);
}

bool crowd::stopped(std::chrono::milliseconds wait)
{
    stopped_ = watch_.stop_asked_within(wait) || stopped_;
    return stopped_;
}

std::string crowd::room_name(std::uint64_t flow) const
{
    return "bench-" + run_name_ + '-' + std::to_string(flow);
}

// --- who is in it ---

member& crowd::add_member(role what, std::uint64_t flow, worker& at)
{
    const std::uint64_t number = size_++;
    return at.call([&]() -> member& {
        member& m = at.add(what, number);
        if (what == role::member || what == role::slow)
            at.put_beside(m, static_cast<std::uint32_t>(flow));
        return m;
    });
}

void crowd::add_idle(std::uint64_t count)
{
    for (std::uint64_t i = 0; i < count; ++i)
        add_member(role::publisher, 0, home_of(i));
}

void crowd::add_echoes(std::uint64_t count)
{
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t flow = flows_.size();
        member& m = add_member(role::member, flow, home_of(flow));
        flows_.push_back({.members = 1, .publisher = &m, .is_local = true, .is_echo = true});
        ++members_;
    }
}

void crowd::add_room(std::uint64_t members, double slow_share, bool by_redis)
{
    const std::uint64_t flow = flows_.size();
    const auto in_room = [&](role what, worker& at) -> member& {
        member& m = add_member(what, flow, at);
        m.rooms.push_back(room_name(flow));
        return m;
    };
    planned_flow made;
    if (!by_redis)
        made.publisher = &in_room(role::publisher, home_of(flow));
    const auto slow_among = [slow_share](std::uint64_t count) {
        return static_cast<std::uint64_t>(slow_share * static_cast<double>(count) + 1e-9);
    };
    for (std::uint64_t i = 0; i < members; ++i) {
        const bool is_slow = slow_among(i + 1) > slow_among(i);
        in_room(is_slow ? role::slow : role::member, home_of(i));
        ++(is_slow ? slow_ : made.members);
    }
    members_ += members;
    flows_.push_back(made);
}

void crowd::add_small_rooms(std::uint64_t rooms, std::uint64_t members, std::uint64_t publishers)
{
    std::vector<member*> all_publishers;
    for (std::uint64_t i = 0; i < std::max<std::uint64_t>(publishers, workers_.size()); ++i)
        all_publishers.push_back(&add_member(role::publisher, 0, home_of(i)));
    const std::uint64_t publishers_a_worker = all_publishers.size() / workers_.size();
    for (std::uint64_t room = 0; room < rooms; ++room) {
        // Number p of the publishers is on the worker at p modulo their number, as the room is.
        const std::uint64_t turn = room / workers_.size() % publishers_a_worker;
        member& publisher = *all_publishers[room % workers_.size() + turn * workers_.size()];
        publisher.rooms.push_back(room_name(room));
        for (std::uint64_t i = 0; i < members; ++i)
            add_member(role::member, room, home_of(room)).rooms.push_back(room_name(room));
        flows_.push_back({.members = members, .publisher = &publisher, .is_local = true});
    }
    members_ += rooms * members;
}

// --- what they do ---

void crowd::connect(std::uint32_t in_flight)
{
    begin_to_connect(in_flight);
    await_connected(size_);
    require_all_in();
}

void crowd::begin_to_connect(std::uint32_t in_flight)
{
    const auto share = std::max<std::size_t>(1, in_flight / workers_.size());
    phase_began_ns_ = now_ns();
    each([share](worker& w, std::size_t) {
        std::vector<member*> all;
        for (member& m : w.members())
            all.push_back(&m);
        w.dialing.begin(std::move(all), share);
    });
}

void crowd::connect_as_planned()
{
    if (plan_.rate == 0) {
        begin_to_connect(plan_.in_flight);
        await_connected(size_);
        return;
    }
    const double interval = 1e9 / plan_.rate;
    phase_began_ns_ = now_ns() + head_start_ns;
    each([&](worker& w, std::size_t index) {
        std::vector<member*> all;
        for (member& m : w.members())
            all.push_back(&m);
        w.dialing.begin_paced(std::move(all),
                              phase_began_ns_ +
                                  static_cast<std::uint64_t>(interval * static_cast<double>(index)),
                              interval * static_cast<double>(workers_.size()));
    });
    await_connected(size_);
}

void crowd::await_connected(std::uint64_t wanted)
{
    while (sum_dialed(&dialer::connected) + failed() < wanted) {
        if (stopped(look_interval))
            throw stopped_early();
        watch_.progress("connected " + ratio(sum_dialed(&dialer::connected), wanted));
    }
    phase_ended_ns_ = now_ns();
}

std::string crowd::first_failure()
{
    std::string why;
    each([&why](worker& w, std::size_t) {
        if (why.empty())
            why = w.dialing.first_failure;
    });
    return why;
}

void crowd::require_all_in()
{
    if (failed() > 0)
        throw run_error(ratio(failed(), size_) +
                        " clients did not get in; the first one: " + first_failure());
}

void crowd::storm()
{
    phase_began_ns_ = now_ns();
    each([](worker& w, std::size_t) { w.let_go(true); });
    each([this](worker& w, std::size_t) { w.storm(phase_began_ns_); });
    await_connected(size_);
    each([](worker& w, std::size_t) { w.let_go(false); });
    if (failed() > 0)
        return;
    await_membership();
    phase_ended_ns_ = now_ns();
}

void crowd::begin_visits()
{
    const double interval = 1e9 / plan_.visit_rate;
    const std::uint64_t first_ns = now_ns() + head_start_ns;
    each([&](worker& w, std::size_t index) {
        w.dialing.clear_figures();
        w.begin_visits({.room = room_name(0),
                        .first_ns = first_ns + static_cast<std::uint64_t>(
                                                   interval * static_cast<double>(index)),
                        .interval_ns = interval * static_cast<double>(workers_.size()),
                        .count = unlimited,
                        .stay_ns = static_cast<std::uint64_t>(plan_.stay.count()) * 1'000'000,
                        .first_number = size_});
    });
}

void crowd::end_visits()
{
    each([](worker& w, std::size_t) { w.end_visits(); });
    // Each has a deadline of its own.
    while (sum_dialed(&dialer::connected) + failed() < sum_dialed(&dialer::begun))
        if (stopped(look_interval))
            return;
}

void crowd::hold_slow()
{
    each([this](worker& w, std::size_t) { w.hold_slow(plan_.slow_bytes_a_second); });
}

void crowd::release_slow()
{
    each([](worker& w, std::size_t) { w.release_slow(); });
}

void crowd::leave()
{
    each([](worker& w, std::size_t) {
        w.let_go(true);
        w.away.set(0);
        for (member& m : w.members())
            m.leave();
    });
    stillness quiet;
    while (sum(&worker::away) < size_) {
        if (stopped(look_interval))
            throw stopped_early();
        if (quiet.of(sum(&worker::away)) > plan_.timeout)
            throw run_error("the server does not let clients go: " +
                            ratio(sum(&worker::away), size_) + " in time (--timeout)");
    }
    each([](worker& w, std::size_t) {
        w.let_go(false);
        w.dialing.clear_figures();
    });
}

// --- what came of it ---

// Deliveries that never came to those members.
std::uint64_t crowd::lost_by(role whom)
{
    std::vector<std::uint32_t> sent(flows_.size());
    each([&](worker& w, std::size_t) {
        for (const auto& f : w.sending.flows())
            sent[f->number()] = f->sent();
    });
    std::uint64_t lost = 0;
    each([&](worker& w, std::size_t) {
        for (const member& m : w.members())
            if (m.is == whom)
                lost += m.got.lost(sent[m.flow_number]);
    });
    return lost;
}

traffic_figures crowd::traffic()
{
    settle();
    return {.sent = sum_sent(&sender::sent),
            .expected = sum_sent(&sender::expected),
            .received = sum(&worker::received),
            .lost = lost_by(role::member),
            .doubled = sum(&worker::doubled),
            .reordered = sum(&worker::reordered),
            .altered = sum(&worker::altered)};
}

slow_figures crowd::slow()
{
    return {.clients = slow_,
            .expected = sum_sent(&sender::sent) * slow_,
            .received = sum(&worker::received_slow),
            .lost = lost_by(role::slow),
            .told = sum(&worker::told),
            .gaps = sum(&worker::gaps),
            .gone = sum(&worker::gone_slow)};
}

std::uint64_t crowd::inflated()
{
    std::uint64_t all = 0;
    each([&all](worker& w, std::size_t) { all += w.inflated(); });
    return all;
}

std::uint64_t crowd::unsealed()
{
    std::uint64_t all = 0;
    each([&all](worker& w, std::size_t) { all += w.unsealed(); });
    return all;
}

histogram crowd::latency()
{
    histogram all;
    each([&all](worker& w, std::size_t) { all.merge(w.latency); });
    return all;
}

histogram crowd::connects()
{
    histogram all;
    each([&all](worker& w, std::size_t) { all.merge(w.dialing.times); });
    return all;
}

double crowd::phase_seconds() const
{
    return static_cast<double>(phase_ended_ns_ - phase_began_ns_) / 1e9;
}

void crowd::add_remarks(report& r)
{
    if (failed() > 0)
        r.remarks.push_back(std::to_string(failed()) +
                            " clients did not get in; the first one: " + first_failure());
    if (gone() > 0) {
        std::string why;
        each([&why](worker& w, std::size_t) {
            if (why.empty())
                why = w.first_goodbye;
        });
        r.remarks.push_back(std::to_string(gone()) +
                            " clients went without having been told to; the first one: " + why);
    }
    if (!redis_)
        return;
    const std::uint64_t unpublished =
        workers_.front()->call([this] { return redis_->unpublished(); });
    if (unpublished > 0)
        r.remarks.push_back(std::to_string(unpublished) + " messages did not get to Redis" +
                            server_words());
}

std::vector<double> crowd::worker_cpu_seconds() const
{
    std::vector<double> all;
    for (const auto& w : workers_)
        all.push_back(w->cpu_seconds());
    return all;
}

} // namespace cresset::load
