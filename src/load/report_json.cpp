#include "load/report.hpp"
#include "protocol/json_string.hpp"

#include <cstdio>
#include <string_view>

namespace cresset::load {
namespace {

// An object, written member by member.
class json_object
{
public:
    json_object& text(std::string_view key, std::string_view value)
    {
        protocol::append_json_string(begin(key), value);
        return *this;
    }
    json_object& whole(std::string_view key, std::uint64_t value)
    {
        begin(key) += std::to_string(value);
        return *this;
    }
    json_object& real(std::string_view key, double value)
    {
        char digits[64];
        std::snprintf(digits, sizeof digits, "%.3f", value);
        begin(key) += digits;
        return *this;
    }
    json_object& real(std::string_view key, const std::optional<double>& value)
    {
        return value ? real(key, *value) : *this;
    }
    json_object& raw(std::string_view key, std::string_view json)
    {
        begin(key) += json;
        return *this;
    }
    std::string done() { return text_ + '}'; }

private:
    std::string& begin(std::string_view key)
    {
        text_ += text_.size() > 1 ? ",\"" : "\"";
        return text_.append(key).append("\":");
    }

    std::string text_ = "{";
};

double us(std::uint64_t ns)
{
    return static_cast<double>(ns) / 1e3;
}

std::string to_json(const histogram& h)
{
    return json_object()
        .whole("count", h.count())
        .real("mean", h.mean() / 1e3)
        .real("p50", us(h.percentile(50)))
        .real("p90", us(h.percentile(90)))
        .real("p99", us(h.percentile(99)))
        .real("p99.9", us(h.percentile(99.9)))
        .real("p99.99", us(h.percentile(99.99)))
        .real("max", us(h.max()))
        .done();
}

std::string to_json(const server_figures& s)
{
    return json_object()
        .real("cpu_seconds", s.cpu_seconds)
        .real("cpu_us_per_delivery", s.cpu_us_per_delivery)
        .real("cpu_us_per_client", s.cpu_us_per_client)
        .whole("rss_before", s.rss_before)
        .whole("rss_after", s.rss_after)
        .real("rss_per_client", s.rss_per_client)
        .done();
}

std::string to_json(const slow_figures& s)
{
    return json_object()
        .whole("clients", s.clients)
        .whole("expected", s.expected)
        .whole("received", s.received)
        .whole("lost", s.lost)
        .whole("told", s.told)
        .whole("gaps", s.gaps)
        .whole("gone", s.gone)
        .done();
}

void add_traffic(json_object& to, const traffic_figures& t, double seconds)
{
    to.whole("sent", t.sent)
        .whole("expected", t.expected)
        .whole("received", t.received)
        .whole("lost", t.lost)
        .whole("doubled", t.doubled)
        .whole("reordered", t.reordered)
        .whole("altered", t.altered);
    if (seconds > 0)
        to.real("messages_per_second", static_cast<double>(t.sent) / seconds)
            .real("deliveries_per_second", static_cast<double>(t.received) / seconds);
}

} // namespace

std::string to_json(const report& r)
{
    json_object all;
    all.text("mode", r.mode).text("url", r.url).whole("clients", r.clients);
    all.whole("workers", r.workers).real("seconds", r.seconds);
    if (r.traffic)
        add_traffic(all, *r.traffic, r.seconds);
    if (r.slow)
        all.raw("slow", to_json(*r.slow));
    if (r.latency)
        all.raw("latency_us", to_json(*r.latency));
    if (r.connects)
        all.raw("connect_us", to_json(*r.connects));
    if (r.server)
        all.raw("server", to_json(*r.server));
    all.raw("generator", json_object()
                             .real("cpu_seconds", r.generator_cpu_seconds)
                             .real("busiest_worker", r.busiest_worker)
                             .done());
    all.whole("clients_failed", r.clients_failed).whole("clients_gone", r.clients_gone);
    if (r.interrupted)
        all.raw("interrupted", "true");
    return all.done();
}

} // namespace cresset::load
