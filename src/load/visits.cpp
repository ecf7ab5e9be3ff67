#include "load/visits.hpp"

#include <utility>

namespace cresset::load {

visits::visits(net::event_loop& loop, dialer& dialing, visit_plan plan, maker make)
    : dialing_(dialing),
      plan_(std::move(plan)),
      make_(std::move(make)),
      next_number_(plan_.first_number),
      pacer_(loop, *this)
{
    pacer_.start(plan_.first_ns, plan_.interval_ns, plan_.count);
}

void visits::on_due(std::uint64_t intended_ns)
{
    member* visitor = nullptr;
    if (free_.empty()) {
        visitor = &make_(next_number_++);
        visitor->rooms.push_back(plan_.room);
    } else {
        visitor = free_.back();
        free_.pop_back();
    }
    dialing_.connect(*visitor, intended_ns);
}

void visits::on_connected(member& m)
{
    m.leaves_ns = now_ns() + plan_.stay_ns;
    present_.push_back(&m);
}

void visits::look(std::uint64_t now_ns)
{
    while (!present_.empty() && present_.front()->leaves_ns <= now_ns) {
        present_.front()->leave();
        present_.pop_front();
    }
}

} // namespace cresset::load
