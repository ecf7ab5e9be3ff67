#include "hub/websocket.hpp"

#include "ws/frame.hpp"
#include "ws/frame_writer.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace cresset::hub {
namespace {

// A peer that pings without reading gets no more pongs than this; RFC 6455, section 5.5.3 allows
// answering only the latest ping.
constexpr std::size_t pong_queue_bytes_max = 64 * 1024;

std::string_view as_text(std::span<const char> bytes)
{
    return {bytes.data(), bytes.size()};
}

} // namespace

websocket::padded_copy::padded_copy(std::span<const char> bytes)
    : data_(bytes.size() + ws::payload_padding), size_(bytes.size())
{
    std::ranges::copy(bytes, data_.begin());
}

websocket::websocket(net::connection& c, const ws::decoder_limits& limits) noexcept
    : connection_(c), decoder_(limits), last_received_(now_ms())
{}

void websocket::send(net::segment_ref frame)
{
    if (open())
        connection_.send(std::move(frame));
}

void websocket::ping()
{
    send(net::segment::copy_of(ws::make_frame(ws::opcode::ping, {})));
    ping_unanswered_ = true;
}

std::chrono::milliseconds websocket::silent_for() noexcept
{
    return std::chrono::milliseconds(now_ms() - last_received_);
}

std::uint32_t websocket::now_ms() noexcept
{
    return static_cast<std::uint32_t>(connection_.loop().now_ms());
}

void websocket::close(ws::close_code code, std::string_view reason)
{
    if (!open())
        return;
    send_close(static_cast<std::uint16_t>(code), reason);
    connection_.set_deadline(close_timeout);
    leave_open(state::closing);
    go_on(); // the peer's close frame may be behind what waits
}

void websocket::drop()
{
    connection_.close();
    leave_open(state::ended);
}

void websocket::on_data(std::span<char> bytes)
{
    last_received_ = now_ms();
    ping_unanswered_ = false;
    if (!open() || may_receive(0, bytes.size()))
        take(bytes);
}

void websocket::go_on()
{
    if (!held_)
        return;
    std::unique_ptr<held> first = std::move(held_);
    if (open() && !on_message(first->message.bytes(), first->binary)) {
        held_ = std::move(first);
        return;
    }
    connection_.resume();
    take(first->behind.bytes());
}

void websocket::take(std::span<char> bytes)
{
    ws::inflater* const with = inflating();
    while (state_ != state::ended) {
        const ws::decoded item = decoder_.next(bytes, with);
        if (item.what == ws::decoded::kind::need_more)
            return;
        if (!handle(item)) {
            connection_.pause();
            held_ = std::make_unique<held>(held{padded_copy(item.payload),
                                                item.what == ws::decoded::kind::binary,
                                                padded_copy(bytes)});
            return;
        }
    }
}

// False if the item was not taken.
bool websocket::handle(const ws::decoded& item)
{
    using kind = ws::decoded::kind;
    switch (item.what) {
    case kind::text:
    case kind::binary:
        return !open() || !may_receive(1, 0) || on_message(item.payload, item.what == kind::binary);
    case kind::ping:
        if (open() && may_receive(1, 0))
            answer_ping(item.payload);
        break;
    case kind::close:
        answer_close(item.code, item.reason);
        break;
    case kind::failure:
        fail(item.code, item.reason);
        break;
    case kind::pong: // it counts as life, and no more
    case kind::need_more:
        break;
    }
    return true;
}

void websocket::answer_ping(std::span<const char> payload)
{
    if (connection_.queued_bytes() > pong_queue_bytes_max)
        return;
    connection_.send(net::segment::copy_of(ws::make_frame(ws::opcode::pong, as_text(payload))));
}

// The peer's close frame: answered with its own code and reason, unless it is the answer to ours.
void websocket::answer_close(std::uint16_t code, std::string_view reason)
{
    if (open())
        send_close(code, reason);
    connection_.finish();
    leave_open(state::ended);
}

void websocket::fail(std::uint16_t code, std::string_view reason)
{
    if (open())
        send_close(code, reason);
    connection_.finish();
    leave_open(state::ended);
}

void websocket::send_close(std::uint16_t code, std::string_view reason)
{
    on_closing();
    connection_.send(net::segment::copy_of(ws::make_close_frame(code, reason)));
}

void websocket::on_deadline()
{
    if (open())
        on_timeout();
    else
        drop();
}

void websocket::on_peer_finished()
{
    leave_open(state::ended);
}

void websocket::on_closed()
{
    leave_open(state::ended);
    on_gone();
}

void websocket::leave_open(state next)
{
    const bool was_open = open();
    state_ = next;
    if (was_open)
        on_ended();
}

} // namespace cresset::hub
