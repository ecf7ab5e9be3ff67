#pragma once

#include "load/client.hpp"
#include "load/dialer.hpp"
#include "load/flow.hpp"
#include "load/histogram.hpp"
#include "load/member.hpp"
#include "load/message.hpp"
#include "load/sender.hpp"
#include "load/tally.hpp"
#include "load/visits.hpp"
#include "net/event_loop.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace cresset::load {

// One thread of the load: a loop, its share of the clients and of the flows, and their books. All
// but call and the tallies belongs to its thread; who runs it calls things there, one after the
// other, and looks at the tallies to see how far they are.
class worker final : private client::owner, private net::timer
{
    net::event_loop loop_; // first: the public parts below use it

public:
    worker(const client_settings& settings, const message_codec& codec, std::uint64_t seed);
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    // Runs f on the worker's thread, and waits for what it returns.
    template <typename F>
    auto call(F f) -> std::invoke_result_t<F&>
    {
        std::packaged_task<std::invoke_result_t<F&>()> task(std::move(f));
        auto result = task.get_future();
        // The task goes along: the caller may be gone before it has quite returned.
        loop_.post([task = std::move(task)]() mutable { task(); });
        return result.get();
    }

    net::event_loop& loop() noexcept { return loop_; }
    net::connection_set& connections() noexcept { return tools_.connections; }

    // --- who is there ---

    member& add(role what, std::uint64_t number);
    std::deque<member>& members() noexcept { return members_; }

    // Its members are added to what `flow_number` waits for.
    void put_beside(member& m, std::uint32_t flow_number);

    // All workers of the run: number f of the flows belongs to the one at f modulo their number.
    void meet(std::vector<worker*> all) { all_ = std::move(all); }

    // --- what happens ---

    dialer dialing;
    sender sending;

    // Members that get a probe of this round are counted. Before any worker sends one.
    void expect_probes(std::uint32_t round);

    // Sends one by each of its flows.
    void send_probes();

    // Makes the books ready for a phase. Before any worker begins to send in it.
    void begin(phase purpose, std::uint32_t window);

    // Nobody is expected to go from here on, or everybody may.
    void let_go(bool everybody) noexcept { everybody_may_go_ = everybody; }

    // Slow members read nothing beyond so many bytes a second; later, again as the others do.
    void hold_slow(std::uint64_t bytes_a_second);
    void release_slow();

    // All clients are cut off at once, and all come back at once: both at this time.
    void storm(std::uint64_t when_ns);

    // Visitors come at these times, stay for so long, and go.
    void begin_visits(visit_plan plan);
    void end_visits();

    // Of its thread, so far. From any thread.
    double cpu_seconds() noexcept;

    // --- the books ---

    tally probed;   // members that have got a probe of the round
    tally received; // new ones, of members that are not slow
    tally received_slow;
    tally doubled;
    tally reordered;
    tally altered;
    tally gone; // members that nobody had told to go
    tally gone_slow;
    tally told; // messages that events `gap` say were dropped
    tally gaps; // events `gap`: the server's word for what it dropped
    tally away; // members that are away, whoever ended it
    tally last_received_ns;

    // In the phase, of all clients.
    std::uint64_t inflated() const noexcept { return tools_.inflated; }
    std::uint64_t unsealed() const noexcept { return tools_.unsealed; }

    histogram latency;         // in nanoseconds
    std::string last_error;    // what the server's events `error` said last
    std::string first_goodbye; // why the first member went

private:
    void on_connected(client& c) override;
    void on_envelope(client& c, std::string_view envelope, std::uint64_t now_ns) override;
    void on_unreadable(client& c) override;
    void on_read(client& c, std::size_t bytes) override;
    void on_ended(client& c, std::string_view why) override;
    void on_timer() override;

    void on_message(member& m, const stamp& s, std::uint64_t now_ns);
    void on_other_event(std::string_view envelope);
    void tell_sender(const member& m, std::uint32_t sequence);
    void send_heartbeats();
    void feed_slow();

    const client_settings& settings_;
    const message_codec& codec_;
    std::deque<member> members_; // never moved; outlive the connections of the tools
    std::deque<audience> audiences_;
    client_tools tools_;
    std::vector<worker*> all_;

    phase phase_ = phase::probe;
    std::uint32_t round_ = 0;
    std::size_t place_ = 0; // of the stamp in an envelope
    bool everybody_may_go_ = false;

    std::vector<member*> slow_;
    std::uint64_t slow_bytes_a_second_ = 0;
    bool slow_are_held_ = false;

    std::unique_ptr<visits> visits_; // where there are any

    std::uint64_t ticks_ = 0;
    std::thread thread_;
};

} // namespace cresset::load
