#include "load/report.hpp"

#include <cstdio>
#include <string_view>

namespace cresset::load {
namespace {

// Lines of a name and what there is to say of it.
class table
{
public:
    void line(std::string_view name, std::string_view value)
    {
        char start[64];
        std::snprintf(start, sizeof start, "%-26.*s", static_cast<int>(name.size()), name.data());
        text_.append(start).append(value).append(1, '\n');
    }

    std::string text_;
};

// "1,234,567"
std::string grouped(std::uint64_t number)
{
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, 1, ',');
    return digits;
}

std::string fixed(double number, int places)
{
    char digits[64];
    std::snprintf(digits, sizeof digits, "%.*f", places, number);
    return digits;
}

// With the unit that suits it.
std::string duration(double ns)
{
    if (ns >= 1e9)
        return fixed(ns / 1e9, 2) + " s";
    if (ns >= 1e6)
        return fixed(ns / 1e6, 2) + " ms";
    return fixed(ns / 1e3, ns < 1e5 ? 1 : 0) + " us";
}

void add(table& to, std::string_view what, const histogram& h)
{
    const auto at = [&h](double percent) {
        return duration(static_cast<double>(h.percentile(percent)));
    };
    to.line(what, "p50 " + at(50) + "   p90 " + at(90) + "   p99 " + at(99) + "   p99.9 " +
                      at(99.9) + "   p99.99 " + at(99.99));
    to.line("", "max " + duration(static_cast<double>(h.max())) + "   mean " + duration(h.mean()) +
                    "   of " + grouped(h.count()));
}

void add(table& to, const traffic_figures& t, double seconds)
{
    const auto a_second = [seconds](std::uint64_t number) {
        return seconds > 0 ? " (" +
                                 grouped(static_cast<std::uint64_t>(static_cast<double>(number) /
                                                                    seconds)) +
                                 " a second)"
                           : std::string();
    };
    to.line("messages sent", grouped(t.sent) + a_second(t.sent));
    to.line("deliveries",
            grouped(t.received) + " of " + grouped(t.expected) + a_second(t.received));
    to.line("lost, doubled", grouped(t.lost) + ", " + grouped(t.doubled));
    to.line("reordered, altered", grouped(t.reordered) + ", " + grouped(t.altered));
}

void add(table& to, const slow_figures& s)
{
    to.line("slow clients",
            grouped(s.clients) + ", " + grouped(s.gone) + " of them let go by the server");
    to.line("deliveries to them", grouped(s.received) + " of " + grouped(s.expected) + ", " +
                                      grouped(s.lost) + " lost; told of " + grouped(s.told) +
                                      " by " + grouped(s.gaps) + " events `gap`");
}

void add(table& to, const server_figures& s)
{
    std::string cpu = fixed(s.cpu_seconds, 2) + " s";
    if (s.cpu_us_per_delivery)
        cpu += ", " + fixed(*s.cpu_us_per_delivery, 2) + " us a delivery";
    if (s.cpu_us_per_client)
        cpu += ", " + fixed(*s.cpu_us_per_client, 1) + " us a client";
    to.line("server CPU", cpu);
    std::string memory =
        grouped(s.rss_before / 1024) + " KiB before, " + grouped(s.rss_after / 1024) + " KiB after";
    if (s.rss_per_client)
        memory += ", " + fixed(*s.rss_per_client, 0) + " bytes a client";
    to.line("server memory (VmRSS)", memory);
}

} // namespace

std::string to_table(const report& r)
{
    table all;
    all.line(r.mode, r.url + ", " + grouped(r.clients) + " clients, " + std::to_string(r.workers) +
                         (r.workers == 1 ? " worker" : " workers"));
    all.line("measured for", fixed(r.seconds, 2) + " s" + (r.interrupted ? ", interrupted" : ""));
    if (r.traffic)
        add(all, *r.traffic, r.seconds);
    if (r.slow)
        add(all, *r.slow);
    if (r.latency)
        add(all, "latency", *r.latency);
    if (r.connects)
        add(all, "time to connect", *r.connects);
    if (r.server)
        add(all, *r.server);
    all.line("generator CPU", fixed(r.generator_cpu_seconds, 2) + " s, its busiest worker " +
                                  fixed(r.busiest_worker * 100, 0) + "% of the time");
    return all.text_;
}

} // namespace cresset::load
