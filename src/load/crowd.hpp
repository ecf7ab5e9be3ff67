#pragma once

#include "load/histogram.hpp"
#include "load/message.hpp"
#include "load/plan.hpp"
#include "load/report.hpp"
#include "load/watch.hpp"
#include "load/worker.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace cresset::load {

class redis_outlet;

// Why a run ended without figures, for people.
class run_error : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

// Somebody stopped it before there was anything to report.
class stopped_early : public run_error
{
public:
    stopped_early() : run_error("stopped before anything was measured") {}
};

// All clients of a run, spread over its workers, and what they do together, step by step. Made and
// used by the thread that runs it; waits by looking at the workers' tallies every few milliseconds.
// What throws, throws run_error.
class crowd
{
public:
    crowd(const plan& p, watch& w);
    ~crowd();
    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;

    // --- who is in it ---

    // Clients without a room.
    void add_idle(std::uint64_t count);

    // A room whose only member is also its publisher: for each client one.
    void add_echoes(std::uint64_t count);

    // A room whose members are spread over the workers, this share of them slow. An extra client
    // publishes; or Redis.
    void add_room(std::uint64_t members, double slow_share, bool by_redis);

    // Rooms that each are with their members on one worker. Extra clients publish, each to its
    // share of the rooms.
    void add_small_rooms(std::uint64_t rooms, std::uint64_t members, std::uint64_t publishers);

    // --- what they do ---

    // All that are in it, with these in flight. Who doesn't get in ends the run.
    void connect(std::uint32_t in_flight);

    // The same as the plan's rate or in_flight says; and it goes on without those who don't get in.
    void connect_as_planned();

    // All are cut off and come back, at once. Until all are in their rooms again, or failed.
    void storm();

    // In good order, all of them.
    void leave();

    // Makes the flows, now that the clients know their ids.
    void open_flows();

    // Publishes probes until every member has got one.
    void await_membership();

    // Sends, and waits until everything has come, or can't come any more. `messages` of 0: for the
    // plan's duration. False if it was stopped early.
    bool run_phase(phase purpose, std::uint64_t messages);

    // From here on visitors come and go, as the plan says. At the end those who are on their way
    // are waited for.
    void begin_visits();
    void end_visits();

    // Slow clients read as slowly as the plan says, or as the others.
    void hold_slow();
    void release_slow();

    // --- what came of it ---

    // Since the start of the last phase, or of connecting.
    traffic_figures traffic();
    slow_figures slow(); // after it
    std::uint64_t inflated();
    std::uint64_t unsealed();
    histogram latency();
    histogram connects();
    double phase_seconds() const;

    std::uint64_t failed() const;
    std::uint64_t gone() const { return sum(&worker::gone); }
    void add_remarks(report& r);

    // Of each worker's thread, so far.
    std::vector<double> worker_cpu_seconds() const;

private:
    // How often the tallies are looked at.
    static constexpr std::chrono::milliseconds look_interval{5};

    // Open loop begins so much later than it is told, so that all workers are ready.
    static constexpr std::uint64_t head_start_ns = 2'000'000;

    static constexpr auto unlimited = std::numeric_limits<std::uint64_t>::max();

    using reading = tally worker::*;

    // "3 of 10", for people.
    static std::string ratio(std::uint64_t part, std::uint64_t all);

    worker& home_of(std::uint64_t number) { return *workers_[number % workers_.size()]; }
    std::uint64_t sum(reading of) const;
    std::uint64_t sum_sent(tally sender::*of) const;
    std::uint64_t sum_dialed(tally dialer::*of) const;
    void each(const std::function<void(worker&, std::size_t index)>& what);

    member& add_member(role what, std::uint64_t flow, worker& at);
    void begin_phase(phase purpose, std::uint64_t messages);
    void stop_sending();
    void begin_to_connect(std::uint32_t in_flight);
    void await_connected(std::uint64_t wanted);
    void require_all_in();
    std::string first_failure();
    std::uint64_t lost_by(role whom);
    void await_sent(phase purpose, std::uint64_t messages);
    void await_received();
    bool await_probes(std::chrono::milliseconds patience);
    void settle();
    std::string room_name(std::uint64_t flow) const;
    std::string server_words();
    bool stopped(std::chrono::milliseconds wait);

    const plan& plan_;
    watch& watch_;
    const std::string run_name_;
    const message_codec codec_;
    std::vector<std::unique_ptr<worker>> workers_;

    struct planned_flow
    {
        std::uint64_t members = 0;
        member* publisher = nullptr; // null: Redis
        bool is_local = false;       // all of it on one worker
        bool is_echo = false;        // the room is the publisher's own
    };
    std::vector<planned_flow> flows_;
    redis_outlet* redis_ = nullptr; // of flow 0, on worker 0

    std::uint64_t size_ = 0;    // all clients
    std::uint64_t members_ = 0; // those that get probes
    std::uint64_t slow_ = 0;    // of the members
    std::uint32_t round_ = 0;   // of probes
    bool stopped_ = false;
    std::uint64_t phase_began_ns_ = 0;
    std::uint64_t phase_ended_ns_ = 0;
};

} // namespace cresset::load
