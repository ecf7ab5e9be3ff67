#include "load/crowd.hpp"

#include "load/redis_outlet.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <limits>
#include <random>

namespace cresset::load {
namespace {

using std::chrono::milliseconds;

// How often the tallies are looked at.
constexpr milliseconds look_interval{5};

// Between two probes of rooms whose members have not all been heard of. Each costs as much as a
// message, so they become rarer.
constexpr milliseconds first_probe_interval{50};
constexpr milliseconds longest_probe_interval{1'000};

// Messages that were overtaken by a probe, which no server does, have this long to come after all.
constexpr milliseconds overtaken_limit{200};

// Nothing has come for so long: whatever is missing will not come. The probes tell for sure.
constexpr milliseconds quiet_limit{1'000};

// After somebody has stopped the run.
constexpr milliseconds stopped_limit{2'000};

// Open loop begins so much later than it is told, so that all workers are ready.
constexpr std::uint64_t head_start_ns = 2'000'000;

constexpr auto unlimited = std::numeric_limits<std::uint64_t>::max();

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

// Notices when a number stops changing.
class stillness
{
public:
    // How long it has been what it is.
    milliseconds of(std::uint64_t number)
    {
        const std::uint64_t now = now_ns();
        if (number != number_ || since_ns_ == 0) {
            number_ = number;
            since_ns_ = now;
        }
        return milliseconds((now - since_ns_) / 1'000'000);
    }

private:
    std::uint64_t number_ = 0;
    std::uint64_t since_ns_ = 0;
};

std::string ratio(std::uint64_t part, std::uint64_t all)
{
    return std::to_string(part) + " of " + std::to_string(all);
}

} // namespace

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

bool crowd::stopped(milliseconds wait)
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

void crowd::open_flows()
{
    const auto audiences = [this](const planned_flow& f) {
        const auto spread = std::min<std::uint64_t>(f.members, workers_.size());
        return f.is_local ? 1U : static_cast<std::uint32_t>(spread);
    };
    for (std::size_t i = 0; i < flows_.size(); ++i) {
        const planned_flow& f = flows_[i];
        worker& home = home_of(i);
        home.call([&] {
            std::unique_ptr<outlet> to;
            if (f.publisher) {
                to = std::make_unique<client_outlet>(*f.publisher,
                                                     f.is_echo ? f.publisher->id() : room_name(i));
            } else {
                auto made =
                    std::make_unique<redis_outlet>(home.connections(), plan_.redis, room_name(i));
                redis_ = made.get();
                to = std::move(made);
            }
            home.sending.add(std::make_unique<flow>(static_cast<std::uint32_t>(i), codec_,
                                                    std::move(to), f.members, audiences(f)));
        });
    }
    if (!redis_)
        return;
    const std::uint64_t began = now_ns();
    while (!workers_.front()->call([this] { return redis_->up(); })) {
        if (stopped(look_interval))
            throw stopped_early();
        if (now_ns() - began < static_cast<std::uint64_t>(plan_.timeout.count()) * 1'000'000)
            continue;
        throw run_error("no Redis at " + plan_.redis.url + ": " +
                        workers_.front()->call([this] { return redis_->last_error(); }));
    }
}

// What the server's events `error` said last, and what Redis did, for people.
std::string crowd::server_words()
{
    std::string words;
    each([&words](worker& w, std::size_t) {
        if (words.empty() && !w.last_error.empty())
            words = "; the server says \"" + w.last_error + '"';
        if (words.empty() && !w.first_goodbye.empty())
            words = "; " + w.first_goodbye;
    });
    if (redis_)
        words += workers_.front()->call([this] {
            return redis_->last_error().empty() ? "" : "; Redis: " + redis_->last_error();
        });
    return words;
}

// Until every member has got one of a new round. False if some have not, although nothing changed
// for so long.
bool crowd::await_probes(milliseconds patience)
{
    ++round_;
    each([this](worker& w, std::size_t) { w.expect_probes(round_); });
    milliseconds interval = first_probe_interval;
    std::uint64_t next_ns = 0;
    stillness quiet;
    while (sum(&worker::probed) + gone() + sum(&worker::gone_slow) < members_) {
        if (now_ns() >= next_ns) {
            each([](worker& w, std::size_t) { w.send_probes(); });
            next_ns = now_ns() + static_cast<std::uint64_t>(interval.count()) * 1'000'000;
            interval = std::min(interval * 2, longest_probe_interval);
        }
        const bool is_stopped = stopped(look_interval);
        const auto still =
            quiet.of(sum(&worker::probed) + sum(&worker::received) + sum(&worker::received_slow));
        if (still > (is_stopped ? std::min(patience, stopped_limit) : patience))
            return false;
    }
    return true;
}

void crowd::await_membership()
{
    watch_.progress("joining");
    const bool all = await_probes(plan_.timeout);
    if (stopped_)
        throw stopped_early();
    if (all && gone() == 0)
        return;
    const std::string how_many = ratio(sum(&worker::probed), members_);
    if (flows_.front().is_echo)
        throw run_error("no echo came back to " + ratio(members_ - sum(&worker::probed), members_) +
                        " clients: the server must send what a client publishes to that client "
                        "too, as `cresset serve --publish '*' --publish-to-self` does" +
                        server_words());
    throw run_error("only " + how_many +
                    " clients get what is published to their room: the "
                    "server must let them join and publish, as `cresset serve --join '*' "
                    "--publish '*'` does" +
                    server_words());
}

void crowd::begin_phase(phase purpose, std::uint64_t messages)
{
    const std::uint32_t window = plan_.rate > 0 ? 0 : plan_.in_flight;
    each([&](worker& w, std::size_t) { w.begin(purpose, window); });

    pace p{.purpose = purpose, .window = window};
    const std::uint64_t senders = std::min<std::uint64_t>(workers_.size(), flows_.size());
    phase_began_ns_ = now_ns();
    if (window == 0) {
        if (messages == 0) {
            const double planned = plan_.rate * static_cast<double>(plan_.duration.count()) / 1e3;
            messages = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(planned));
        }
        phase_began_ns_ += head_start_ns;
        p.interval_ns = 1e9 / plan_.rate * static_cast<double>(senders);
    } else if (messages == 0) {
        p.per_flow = unlimited - 1;
    } else {
        p.per_flow = messages / flows_.size();
        p.one_more = messages % flows_.size();
    }
    each([&](worker& w, std::size_t index) {
        if (index >= senders)
            return;
        pace mine = p;
        if (window == 0) {
            mine.first_ns = phase_began_ns_ + static_cast<std::uint64_t>(
                                                  static_cast<double>(index) * 1e9 / plan_.rate);
            mine.count = messages / senders + (index < messages % senders ? 1 : 0);
        }
        w.sending.begin(mine);
    });
}

void crowd::stop_sending()
{
    each([](worker& w, std::size_t) { w.sending.stop(); });
}

bool crowd::run_phase(phase purpose, std::uint64_t messages)
{
    begin_phase(purpose, messages);
    await_sent(purpose, messages);
    await_received();
    phase_ended_ns_ = now_ns();
    std::uint64_t last = 0;
    for (const auto& w : workers_)
        last = std::max(last, w->last_received_ns.get());
    if (last > phase_began_ns_)
        phase_ended_ns_ = last;
    return !stopped_;
}

// Until nothing more will be sent.
void crowd::await_sent(phase purpose, std::uint64_t messages)
{
    const std::string doing = purpose == phase::warm_up ? "warming up: " : "measuring: ";
    const bool closed_loop = plan_.rate == 0;
    const std::uint64_t ends_ns =
        phase_began_ns_ + static_cast<std::uint64_t>(plan_.duration.count()) * 1'000'000;
    stillness quiet;
    while (sum_sent(&sender::sending) > 0) {
        const bool is_over = closed_loop && messages == 0 && now_ns() >= ends_ns;
        const std::uint64_t moved = sum_sent(&sender::sent) + sum(&worker::received);
        if (stopped(look_interval) || is_over || (closed_loop && quiet.of(moved) > plan_.timeout)) {
            stop_sending();
            return;
        }
        watch_.progress(doing + std::to_string(sum_sent(&sender::sent)) + " messages sent, " +
                        std::to_string(sum(&worker::received)) + " received");
    }
}

// Until all of it has come, or nothing comes any more.
void crowd::await_received()
{
    stillness quiet;
    while (sum(&worker::received) < sum_sent(&sender::expected)) {
        stopped(look_interval);
        if (quiet.of(sum(&worker::received)) > quiet_limit)
            return;
    }
}

void crowd::settle()
{
    await_probes(plan_.timeout);
    const std::uint64_t until_ns =
        now_ns() + static_cast<std::uint64_t>(overtaken_limit.count()) * 1'000'000;
    while (sum(&worker::received) < sum_sent(&sender::expected) && now_ns() < until_ns)
        stopped(look_interval);
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
