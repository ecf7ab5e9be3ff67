#pragma once

#include "load/histogram.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cresset::load {

// What became of the messages.
struct traffic_figures
{
    std::uint64_t sent = 0;
    std::uint64_t expected = 0; // deliveries: what was sent, times the members of its room
    std::uint64_t received = 0; // each once
    std::uint64_t lost = 0;
    std::uint64_t doubled = 0;
    std::uint64_t reordered = 0; // came after a later one
    std::uint64_t altered = 0;   // came, but not as it was sent; counted as lost, too
};

// What became of clients that read slowly, and of what was sent to them.
struct slow_figures
{
    std::uint64_t clients = 0;
    std::uint64_t expected = 0; // deliveries, as above; none of these are in traffic_figures
    std::uint64_t received = 0;
    std::uint64_t lost = 0;
    std::uint64_t told = 0; // of them, as the server said by events `gap`
    std::uint64_t gaps = 0; // events `gap`, by which the server told of losses
    std::uint64_t gone = 0; // clients that the server let go
};

struct server_figures
{
    double cpu_seconds = 0; // in the measured phase
    std::optional<double> cpu_us_per_delivery = {};
    std::optional<double> cpu_us_per_client = {};
    std::uint64_t rss_before = 0;
    std::uint64_t rss_after = 0;
    std::optional<double> rss_per_client = {};
};

// What a run found out.
struct report
{
    std::string mode;
    std::string url;
    std::uint64_t clients = 0;
    unsigned workers = 0;
    double seconds = 0; // of the measured phase

    std::optional<traffic_figures> traffic;
    std::optional<slow_figures> slow;
    std::optional<histogram> latency; // in nanoseconds
    std::optional<histogram> connects;
    std::optional<server_figures> server;

    double generator_cpu_seconds = 0;
    double busiest_worker = 0; // part of the time that it had something to do: 1 is all

    bool interrupted = false;
    std::uint64_t clients_failed = 0; // never connected
    std::uint64_t clients_gone = 0;   // without having been told to
    std::vector<std::string> remarks; // lines for people: what went wrong, what to doubt

    // Whether the server did all that it should.
    bool clean() const noexcept;
};

// One object on one line. See docs/benchmarks.md.
std::string to_json(const report& r);

// A table for people.
std::string to_table(const report& r);

} // namespace cresset::load
