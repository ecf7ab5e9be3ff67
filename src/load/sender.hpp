#pragma once

#include "load/flow.hpp"
#include "load/pacer.hpp"
#include "load/tally.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace cresset::load {

// How one worker sends in one phase. Either in open loop: each message at its time, whatever became
// of those before; or in closed loop: a message when there is room for it in the window of its
// flow.
struct pace
{
    phase purpose = phase::measured;

    std::uint32_t window = 0; // closed loop: messages of a flow that not everybody has; 0: open

    // Open loop: the messages of this worker, which its flows send in turn.
    std::uint64_t first_ns = 0;
    double interval_ns = 0;
    std::uint64_t count = 0;

    // Closed loop: messages of each flow, and of the first `one_more` flows (by number) one more.
    std::uint64_t per_flow = 0;
    std::uint64_t one_more = 0;
};

// Sends the messages of the flows that belong to one worker. On the worker's thread, but for the
// tallies.
class sender final : private pacer::owner
{
public:
    explicit sender(net::event_loop& loop) : pacer_(loop, *this) {}

    void add(std::unique_ptr<flow> f) { flows_.push_back(std::move(f)); }
    std::vector<std::unique_ptr<flow>>& flows() noexcept { return flows_; }

    void begin(const pace& p);
    void stop();

    // The members of the flow on one of the workers have all of this message.
    void on_audience_done(flow& f, std::uint32_t sequence);

    tally sent;
    tally expected; // deliveries of what was sent
    tally sending;  // 0: nothing more will be sent

private:
    void on_due(std::uint64_t intended_ns) override;
    void send(flow& f, std::uint64_t intended_ns);
    void fill(flow& f);

    pacer pacer_;
    std::vector<std::unique_ptr<flow>> flows_;
    std::size_t turn_ = 0;
    std::uint64_t unfinished_ = 0; // flows in closed loop, messages in open loop
};

} // namespace cresset::load
