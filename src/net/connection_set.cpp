#include "net/connection_set.hpp"

#include <unistd.h>
#include <utility>

namespace cresset::net {

connection_set::connection_set(event_loop& loop)
    : loop_(loop),
      receive_buffer_(std::make_unique<char[]>(receive_bytes + receive_padding)),
      send_buffer_(std::make_unique<char[]>(send_bytes))
{
    loop_.add(*this);
}

connection_set::~connection_set()
{
    close_all();
    reap_closed();
}

connection& connection_set::adopt(int descriptor, connection::handler& h)
{
    connection& c = connections_.create(*this, descriptor, h);
    try {
        loop_.add(descriptor, c, c.interest_);
    } catch (...) {
        ::close(descriptor);
        connections_.destroy(c.slot_);
        throw;
    }
    return c;
}

void connection_set::close_all() noexcept
{
    connections_.for_each([](connection& c, auto) { c.close(); });
}

bool connection_set::on_turn_end()
{
    // Flushing can close connections, and telling their handlers can make others send.
    flush_dirty();
    reap_closed();
    return !dirty_.empty() || !closed_.empty();
}

void connection_set::flush_dirty()
{
    flushing_.swap(dirty_);
    for (connection* c : flushing_) {
        c->dirty_ = false; // here alone, so that none is in the list twice
        c->flush();
    }
    flushing_.clear();
}

void connection_set::reap_closed()
{
    while (!closed_.empty()) {
        std::vector<connection*> closed;
        closed.swap(closed_);
        for (connection* c : closed) {
            c->handler_->on_closed();
            if (c->dirty_) // sent to since the flush, by the handler of another that is over
                std::erase(dirty_, c);
            connections_.destroy(c->slot_);
        }
    }
}

} // namespace cresset::net
