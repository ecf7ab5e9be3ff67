#include "load/crowd.hpp"
#include "load/redis_outlet.hpp"
#include "load/stillness.hpp"

#include <algorithm>
#include <chrono>

namespace cresset::load {
namespace {

using std::chrono::milliseconds;

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

} // namespace

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

} // namespace cresset::load
