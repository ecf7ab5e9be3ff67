#include "hub/session.hpp"

#include "hub/dispatch.hpp"
#include "hub/shard.hpp"
#include "protocol/event_writer.hpp"
#include "ws/frame_writer.hpp"

#include <algorithm>
#include <chrono>

namespace cresset::hub {

using std::chrono::milliseconds;

session::session(base::slab<session>::handle self, shard& home, net::connection& c)
    : websocket(c, home.settings().frames), home_(home), self_(self), id_(home.new_id()),
      last_message_(now_ms())
{}

std::string_view session::user_id() const noexcept
{
    return home_.user_of(*this);
}

void session::deliver(const net::segment_ref& frame)
{
    if (queued_bytes() + frame->bytes().size() > home_.settings().queue_bytes_max) {
        count_drop();
        return;
    }
    // Not as soon as something fits: at the limit that alternates with drops, a log line each.
    if (dropped_ != 0 && queued_bytes() <= home_.settings().queue_bytes_max / 2)
        end_drop_burst();
    home_.counts().messages_delivered.add();
    send(frame);
}

void session::send_error(std::string_view message)
{
    deliver(net::segment::copy_of(
        ws::make_frame(ws::opcode::text, protocol::write_error(message))));
}

void session::begin_authenticating()
{
    state_ = session_state::authenticating;
    connection().set_deadline(3 * home_.settings().auth_timeout);
}

void session::become_authenticated()
{
    state_ = session_state::authenticated;
    home_.counts().authenticated.add();
    next_heartbeat_check_ =
        now_ms() + static_cast<std::uint32_t>(home_.settings().heartbeat_interval.count());
    watch();
}

void session::on_message(std::span<char> payload, bool)
{
    last_message_ = now_ms();
    home_.counts().messages_received.add();
    dispatch(home_, *this, {payload.data(), payload.size()});
}

void session::on_timeout()
{
    switch (state_) {
    case session_state::unauthorized:
    case session_state::authenticating:
        close(ws::close_code{4001}, "Authentication timeout");
        break;
    case session_state::authenticated:
        check_heartbeat();
        if (open())
            check_idle();
        if (open())
            watch();
        break;
    case session_state::disconnected:
        break;
    }
}

void session::on_ended()
{
    home_.forget(*this);
}

void session::on_gone()
{
    home_.destroy(*this);
}

// Sets the deadline to the first thing that can be due; what is received meanwhile only moves
// last_received, and the deadline is set anew when it has passed.
void session::watch()
{
    const options& settings = home_.settings();
    milliseconds next(static_cast<std::int32_t>(next_heartbeat_check_ - now_ms()));
    if (settings.idle_timeout.count() != 0) {
        const bool wait_for_end = ping_unanswered() || !settings.send_pings;
        const milliseconds due =
            wait_for_end ? settings.idle_timeout : settings.idle_timeout / 2;
        next = std::min(next, due - silent_for());
    }
    connection().set_deadline(std::max(next, milliseconds(1)));
}

void session::check_heartbeat()
{
    const options& settings = home_.settings();
    if (static_cast<std::int32_t>(now_ms() - next_heartbeat_check_) < 0)
        return;
    if (milliseconds(now_ms() - last_message_) > settings.heartbeat_timeout) {
        close(ws::close_code{4002}, "Heartbeat timeout");
        return;
    }
    next_heartbeat_check_ =
        now_ms() + static_cast<std::uint32_t>(settings.heartbeat_interval.count());
}

void session::check_idle()
{
    const options& settings = home_.settings();
    if (settings.idle_timeout.count() == 0)
        return;
    if (silent_for() >= settings.idle_timeout)
        drop();
    else if (settings.send_pings && !ping_unanswered() &&
             silent_for() >= settings.idle_timeout / 2)
        ping();
}

void session::count_drop()
{
    home_.counts().dropped_slow_client.add();
    if (dropped_++ == 0)
        home_.log().warn("client reads too slowly, messages to it are dropped",
                         {{"client", id_.to_string()}, {"queued_bytes", queued_bytes()}});
}

void session::end_drop_burst()
{
    home_.log().warn("client reads again",
                     {{"client", id_.to_string()}, {"dropped_messages", dropped_}});
    dropped_ = 0;
}

} // namespace cresset::hub
