#include "load/worker.hpp"

#include "protocol/event.hpp"
#include "protocol/json_member.hpp"
#include "protocol/json_string.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <pthread.h>
#include <utility>

namespace cresset::load {
namespace {

constexpr std::chrono::milliseconds tick{100};

// A server closes who says nothing for 90 s (PROTOCOL.md, section 1). In each tick a part of the
// members says something, so that all have in this many.
constexpr std::uint64_t ticks_a_heartbeat = 300;

// Rooms in one `join`, so that it stays below what a server takes in one message.
constexpr std::size_t rooms_a_join = 200;

void join_rooms(member& m)
{
    for (std::size_t at = 0; at < m.rooms.size(); at += rooms_a_join) {
        std::string data = R"({"rooms":[)";
        const std::size_t end = std::min(m.rooms.size(), at + rooms_a_join);
        for (std::size_t i = at; i < end; ++i) {
            if (i > at)
                data += ',';
            protocol::append_json_string(data, m.rooms[i]);
        }
        m.emit(protocol::system_event::join, data + "]}");
    }
}

// 0 for what is none.
std::uint64_t number_in(std::string_view text)
{
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace

worker::worker(const client_settings& settings, const message_codec& codec, std::uint64_t seed)
    : dialing(loop_),
      sending(loop_),
      settings_(settings),
      codec_(codec),
      tools_(loop_, seed),
      thread_([this] { loop_.run(); })
{
    loop_.post([this] { loop_.arm(*this, tick); });
}

worker::~worker()
{
    // What the clients say of their end goes to what is still there.
    call([this] {
        everybody_may_go_ = true;
        dialing.stop();
        sending.stop();
        end_visits();
        tools_.connections.close_all();
    });
    loop_.stop();
    thread_.join();
}

member& worker::add(role what, std::uint64_t number)
{
    client::owner& us = *this; // which only this class may know
    member& m = members_.emplace_back(settings_, tools_, us, number, what);
    if (what == role::slow)
        slow_.push_back(&m);
    return m;
}

void worker::put_beside(member& m, std::uint32_t flow_number)
{
    const std::size_t at = flow_number / all_.size();
    if (at >= audiences_.size())
        audiences_.resize(at + 1);
    m.flow_number = flow_number;
    m.beside = &audiences_[at];
    if (m.is == role::member)
        ++m.beside->size;
}

double worker::cpu_seconds() noexcept
{
    clockid_t clock{};
    timespec used{};
    if (pthread_getcpuclockid(thread_.native_handle(), &clock) != 0 ||
        clock_gettime(clock, &used) != 0)
        return 0;
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

// --- what happens ---

void worker::expect_probes(std::uint32_t round)
{
    round_ = round;
    probed.set(0);
}

void worker::send_probes()
{
    for (const auto& f : sending.flows())
        f->probe(round_);
}

void worker::begin(phase purpose, std::uint32_t window)
{
    phase_ = purpose;
    received.set(0);
    received_slow.set(0);
    last_received_ns.set(0);
    latency.clear();
    tools_.inflated = 0;
    tools_.unsealed = 0;
    for (member& m : members_)
        m.got.clear();
    for (audience& a : audiences_)
        a.begin(window);
}

void worker::hold_slow(std::uint64_t bytes_a_second)
{
    slow_bytes_a_second_ = bytes_a_second;
    slow_are_held_ = true;
    for (member* m : slow_)
        m->pause();
}

void worker::release_slow()
{
    slow_are_held_ = false;
    for (member* m : slow_)
        m->resume();
}

void worker::storm(std::uint64_t when_ns)
{
    dialing.clear_figures();
    std::vector<member*> all;
    for (member& m : members_) {
        m.cut();
        all.push_back(&m);
    }
    // In the next turn, when the old connections are over.
    loop_.post([this, all = std::move(all), when_ns]() mutable {
        dialing.begin_at_once(std::move(all), when_ns);
    });
}

void worker::begin_visits(visit_plan plan)
{
    visits_ = std::make_unique<visits>(
        loop_, dialing, std::move(plan),
        [this](std::uint64_t number) -> member& { return add(role::visitor, number); });
}

void worker::end_visits()
{
    if (visits_)
        visits_->stop();
}

// --- what comes ---

void worker::on_connected(client& c)
{
    auto& m = static_cast<member&>(c);
    m.was_connected = true;
    dialing.on_connected(m);
    join_rooms(m);
    if (m.is == role::visitor)
        visits_->on_connected(m);
}

void worker::on_envelope(client& c, std::string_view envelope, std::uint64_t now_ns)
{
    auto& m = static_cast<member&>(c);
    stamp s;
    switch (codec_.read(envelope, place_, s)) {
    case message_codec::verdict::ours:
        if (m.beside)
            on_message(m, s, now_ns);
        break;
    case message_codec::verdict::altered:
        if (m.beside)
            altered.add(1);
        break;
    case message_codec::verdict::foreign:
        on_other_event(envelope);
        break;
    }
}

void worker::on_message(member& m, const stamp& s, std::uint64_t now_ns)
{
    if (s.flow != m.flow_number) {
        altered.add(1);
        return;
    }
    if (s.purpose == phase::probe) {
        if (s.sequence == round_ && std::exchange(m.probe, round_) != round_)
            probed.add(1);
        return;
    }
    // A phase begins when all of the one before it has come, so what comes of it now comes again.
    const auto verdict = s.purpose == phase_ ? m.got.take(s.sequence) : ledger::verdict::doubled;
    if (verdict == ledger::verdict::doubled) {
        doubled.add(1);
        return;
    }
    if (verdict == ledger::verdict::late)
        reordered.add(1);
    if (m.is == role::slow) {
        received_slow.add(1);
        return;
    }
    received.add(1);
    last_received_ns.set(now_ns);
    latency.record(now_ns - std::min(now_ns, s.intended_ns));
    if (m.beside->on_received(s.sequence))
        tell_sender(m, s.sequence);
}

// All members here have it. The sender may be at home on another worker.
void worker::tell_sender(const member& m, std::uint32_t sequence)
{
    worker& home = *all_[m.flow_number % all_.size()];
    const std::size_t at = m.flow_number / all_.size();
    if (&home == this) {
        sending.on_audience_done(*sending.flows()[at], sequence);
        return;
    }
    home.loop_.post([&home, at, sequence] {
        home.sending.on_audience_done(*home.sending.flows()[at], sequence);
    });
}

void worker::on_other_event(std::string_view envelope)
{
    if (envelope.starts_with(R"({"event":"gap")")) {
        gaps.add(1);
        told.add(
            number_in(protocol::find_member(protocol::find_member(envelope, "data"), "dropped")));
    }
    if (envelope.starts_with(R"({"event":"error")"))
        last_error =
            protocol::read_string_member(protocol::find_member(envelope, "data"), "message")
                .value_or("");
}

void worker::on_unreadable(client& c)
{
    if (static_cast<member&>(c).beside)
        altered.add(1);
}

void worker::on_read(client& c, std::size_t bytes)
{
    auto& m = static_cast<member&>(c);
    if (m.is != role::slow || !slow_are_held_)
        return;
    m.may_read -= static_cast<std::int64_t>(bytes);
    if (m.may_read <= 0)
        m.pause();
}

void worker::on_ended(client& c, std::string_view why)
{
    auto& m = static_cast<member&>(c);
    away.add(1);
    if (!m.was_connected) {
        dialing.on_failed(why);
    } else if (!why.empty() && !everybody_may_go_) {
        (m.is == role::slow ? gone_slow : gone).add(1);
        if (first_goodbye.empty())
            first_goodbye = why;
    }
    if (m.is == role::visitor)
        visits_->on_ended(m);
}

void worker::on_timer()
{
    loop_.arm(*this, tick);
    send_heartbeats();
    if (slow_are_held_ && slow_bytes_a_second_ > 0)
        feed_slow();
    if (visits_)
        visits_->look(now_ns());
}

void worker::send_heartbeats()
{
    const auto part = static_cast<std::size_t>(ticks_++ % ticks_a_heartbeat);
    for (std::size_t i = part; i < members_.size(); i += ticks_a_heartbeat)
        members_[i].emit(protocol::system_event::heartbeat);
}

void worker::feed_slow()
{
    const auto ticks_a_second = std::chrono::seconds(1) / tick;
    for (member* m : slow_) {
        m->may_read += static_cast<std::int64_t>(slow_bytes_a_second_) / ticks_a_second;
        if (m->may_read > 0)
            m->resume();
    }
}

} // namespace cresset::load
