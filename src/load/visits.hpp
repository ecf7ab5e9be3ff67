#pragma once

#include "load/dialer.hpp"
#include "load/member.hpp"
#include "load/pacer.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace cresset::load {

// When visitors come to a worker, and how long they stay.
struct visit_plan
{
    std::string room;
    std::uint64_t first_ns = 0;
    double interval_ns = 0;
    std::uint64_t count = 0;
    std::uint64_t stay_ns = 0;
    std::uint64_t first_number = 0; // of clients
};

// Clients that come, each at its time, join a room, stay for a while and leave. Who has left comes
// again as the next one. Belongs to a worker, and to its thread.
class visits final : private pacer::owner
{
public:
    // Makes one more visitor, of this number.
    using maker = std::function<member&(std::uint64_t number)>;

    visits(net::event_loop& loop, dialer& dialing, visit_plan plan, maker make);

    void stop() noexcept { pacer_.stop(); }

    // Sends those away whose time is over.
    void look(std::uint64_t now_ns);

    void on_connected(member& m);
    void on_ended(member& m) { free_.push_back(&m); }

private:
    void on_due(std::uint64_t intended_ns) override;

    dialer& dialing_;
    visit_plan plan_;
    maker make_;
    std::uint64_t next_number_;
    std::vector<member*> free_;
    std::deque<member*> present_; // who came first leaves first
    pacer pacer_;
};

} // namespace cresset::load
