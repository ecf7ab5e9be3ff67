#pragma once

#include "load/histogram.hpp"
#include "load/member.hpp"
#include "load/pacer.hpp"
#include "load/tally.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cresset::load {

// Connects clients of one worker, and takes the time from when each should have begun until it is
// `connected`. On the worker's thread, but for the tallies.
class dialer final : private pacer::owner
{
public:
    explicit dialer(net::event_loop& loop) : loop_(loop), pacer_(loop, *this) {}

    // With so many of them on their way at a time; each should begin when there is room for it.
    void begin(std::vector<member*> whom, std::size_t in_flight);

    // Each at its time, whatever became of the others.
    void begin_paced(std::vector<member*> whom, std::uint64_t first_ns, double interval_ns);

    // All at once: all should have begun at this time.
    void begin_at_once(std::vector<member*> whom, std::uint64_t when_ns);

    // One, at its time.
    void connect(member& m, std::uint64_t due_ns);

    // No more of them.
    void stop();

    // What became of a client that connect was called for.
    void on_connected(member& m);
    void on_failed(std::string_view why);

    void clear_figures();

    tally begun;
    tally connected;
    tally failed;
    histogram times; // in nanoseconds
    std::string first_failure;

private:
    void on_due(std::uint64_t intended_ns) override;
    void fill();
    void on_settled();

    net::event_loop& loop_;
    pacer pacer_;
    std::vector<member*> waiting_;  // the next one last
    std::uint64_t when_ns_ = 0;     // of at_once
    std::size_t in_flight_max_ = 0; // 0: the pacer says when
    std::size_t in_flight_ = 0;
    bool fill_is_posted_ = false;
};

} // namespace cresset::load
