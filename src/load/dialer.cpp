#include "load/dialer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace cresset::load {
namespace {

// Sockets opened in one turn: the answers to those before have to be read too.
constexpr int dials_a_turn_max = 64;

// Slow clients take little from the kernel, and so does the kernel from the server.
constexpr int slow_receive_buffer = 4096;

} // namespace

void dialer::begin(std::vector<member*> whom, std::size_t in_flight)
{
    waiting_ = std::move(whom);
    std::ranges::reverse(waiting_);
    in_flight_max_ = in_flight;
    when_ns_ = 0;
    fill();
}

void dialer::begin_paced(std::vector<member*> whom, std::uint64_t first_ns, double interval_ns)
{
    waiting_ = std::move(whom);
    std::ranges::reverse(waiting_);
    in_flight_max_ = 0;
    pacer_.start(first_ns, interval_ns, waiting_.size());
}

void dialer::begin_at_once(std::vector<member*> whom, std::uint64_t when_ns)
{
    begin({}, std::numeric_limits<std::size_t>::max());
    waiting_ = std::move(whom);
    when_ns_ = when_ns;
    fill();
}

void dialer::connect(member& m, std::uint64_t due_ns)
{
    m.due_ns = due_ns;
    m.was_connected = false;
    ++in_flight_;
    begun.add(1);
    m.connect(m.is == role::slow ? slow_receive_buffer : 0);
}

void dialer::stop()
{
    pacer_.stop();
    waiting_.clear();
}

void dialer::on_due(std::uint64_t intended_ns)
{
    member& next = *waiting_.back();
    waiting_.pop_back();
    connect(next, intended_ns);
}

void dialer::fill()
{
    int dials = 0;
    while (!waiting_.empty() && in_flight_ < in_flight_max_) {
        if (dials++ == dials_a_turn_max) {
            if (!std::exchange(fill_is_posted_, true))
                loop_.post([this] {
                    fill_is_posted_ = false;
                    fill();
                });
            return;
        }
        member& next = *waiting_.back();
        waiting_.pop_back();
        connect(next, when_ns_ != 0 ? when_ns_ : now_ns());
    }
}

void dialer::on_connected(member& m)
{
    const std::uint64_t now = now_ns();
    times.record(now - std::min(now, m.due_ns));
    connected.add(1);
    on_settled();
}

void dialer::on_failed(std::string_view why)
{
    failed.add(1);
    if (first_failure.empty())
        first_failure = why;
    on_settled();
}

void dialer::on_settled()
{
    if (in_flight_ > 0)
        --in_flight_;
    fill();
}

void dialer::clear_figures()
{
    begun.set(0);
    connected.set(0);
    failed.set(0);
    times.clear();
    first_failure.clear();
}

} // namespace cresset::load
