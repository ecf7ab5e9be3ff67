#include "load/run.hpp"

#include "load/crowd.hpp"
#include "load/process_usage.hpp"

#include <algorithm>
#include <string>

namespace cresset::load {
namespace {

// From this part of the time on, a worker's own slowness is in the figures.
constexpr double busy_limit = 0.9;

// Clients under way while those of a traffic mode come in, which is not what it measures.
constexpr std::uint32_t arriving = 100;

// What the server and the generator use between its beginning and `end`.
class measurement
{
public:
    measurement(const plan& p, const crowd& c)
        : plan_(p),
          crowd_(c),
          began_ns_(now_ns()),
          own_cpu_(own_cpu_seconds()),
          worker_cpu_(c.worker_cpu_seconds())
    {
        if (!p.server)
            return;
        server_cpu_ = cpu_seconds_of(*p.server);
        rss_before_ = resident_bytes_of(*p.server);
    }

    void end(report& r)
    {
        const double seconds = static_cast<double>(now_ns() - began_ns_) / 1e9;
        r.generator_cpu_seconds = own_cpu_seconds() - own_cpu_;
        const std::vector<double> now = crowd_.worker_cpu_seconds();
        for (std::size_t i = 0; i < now.size(); ++i)
            r.busiest_worker = std::max(r.busiest_worker, (now[i] - worker_cpu_[i]) / seconds);
        if (r.busiest_worker > busy_limit)
            r.remarks.push_back("a worker of the generator was busy more than 90% of the time: "
                                "the figures are its own. Lower the load, or give it --workers");
        if (!plan_.server)
            return;
        server_figures s;
        s.cpu_seconds = cpu_seconds_of(*plan_.server) - server_cpu_;
        s.rss_before = rss_before_;
        s.rss_after = resident_bytes_of(*plan_.server);
        r.server = s;
    }

private:
    const plan& plan_;
    const crowd& crowd_;
    std::uint64_t began_ns_;
    double own_cpu_;
    std::vector<double> worker_cpu_;
    double server_cpu_ = 0;
    std::uint64_t rss_before_ = 0;
};

std::optional<double> divided(double figure, std::uint64_t by)
{
    if (by == 0)
        return std::nullopt;
    return figure / static_cast<double>(by);
}

void run_connect(const plan& p, watch& w, report& r)
{
    if (p.warm_up > 0) {
        crowd first(p, w);
        first.add_idle(p.warm_up);
        first.connect(p.in_flight > 0 ? p.in_flight : arriving);
        first.leave();
    }
    crowd all(p, w);
    all.add_idle(p.clients);
    measurement measured(p, all);
    all.connect_as_planned();
    measured.end(r);
    r.clients_failed = all.failed();
    all.add_remarks(r);
    r.seconds = all.phase_seconds();
    r.connects = all.connects();
    if (r.server) {
        const double grown =
            static_cast<double>(r.server->rss_after) - static_cast<double>(r.server->rss_before);
        r.server->cpu_us_per_client = divided(r.server->cpu_seconds * 1e6, p.clients);
        if (p.clients > p.warm_up) // the first crowd's memory is used again
            r.server->rss_per_client = divided(grown, p.clients - p.warm_up);
    }
    all.leave();
}

void assemble(const plan& p, crowd& all)
{
    if (p.what == mode::echo)
        all.add_echoes(p.clients);
    else if (p.what == mode::rooms)
        all.add_small_rooms(p.rooms, p.clients / p.rooms, p.publishers);
    else
        all.add_room(p.clients, p.slow_share, p.what == mode::redis);
    all.connect(arriving);
    all.open_flows();
    all.await_membership();
}

void run_storm(const plan& p, watch& w, report& r)
{
    crowd all(p, w);
    assemble(p, all);
    measurement measured(p, all);
    all.storm();
    measured.end(r);
    r.seconds = all.phase_seconds();
    r.connects = all.connects();
    r.clients_failed = all.failed();
    if (r.server)
        r.server->cpu_us_per_client = divided(r.server->cpu_seconds * 1e6, p.clients);
    all.add_remarks(r);
}

// That messages came as the mode wants them; a server may agree to it and then not do it.
void check_form(const plan& p, crowd& all, report& r)
{
    const auto check = [&r](std::uint64_t so, const char* how) {
        if (so < r.traffic->received)
            r.remarks.push_back("of " + std::to_string(r.traffic->received) + " deliveries only " +
                                std::to_string(so) + " came " + how);
    };
    if (p.what == mode::encrypted)
        check(all.unsealed(), "encrypted");
    if (p.what == mode::deflate)
        check(all.inflated(), "compressed: is --size over the server's threshold?");
}

void run_traffic(const plan& p, watch& w, report& r)
{
    crowd all(p, w);
    assemble(p, all);
    if (p.warm_up > 0) {
        if (!all.run_phase(phase::warm_up, p.warm_up))
            throw stopped_early();
        const traffic_figures t = all.traffic();
        if (t.lost > 0)
            throw run_error("in the warm-up " + std::to_string(t.lost) + " of " +
                            std::to_string(t.expected) + " deliveries were lost");
    }
    if (p.what == mode::slow)
        all.hold_slow();
    if (p.what == mode::churn)
        all.begin_visits();
    measurement measured(p, all);
    r.interrupted = !all.run_phase(phase::measured, p.messages);
    measured.end(r);
    if (p.what == mode::slow)
        all.release_slow();
    if (p.what == mode::churn) {
        all.end_visits();
        r.connects = all.connects();
        r.clients_failed = all.failed();
    }
    r.seconds = all.phase_seconds();
    r.latency = all.latency();
    r.traffic = all.traffic();
    if (p.what == mode::slow)
        r.slow = all.slow();
    check_form(p, all, r);
    if (r.server)
        r.server->cpu_us_per_delivery = divided(r.server->cpu_seconds * 1e6, r.traffic->received);
    r.clients_gone = all.gone();
    all.add_remarks(r);
}

} // namespace

report run(const plan& p, watch& w)
{
    report r;
    r.mode = name_of(p.what);
    r.url = p.come_in.server.url();
    r.clients = p.clients;
    r.workers = p.workers;
    if (p.what == mode::connect)
        run_connect(p, w, r);
    else if (p.what == mode::storm)
        run_storm(p, w, r);
    else
        run_traffic(p, w, r);
    return r;
}

} // namespace cresset::load
