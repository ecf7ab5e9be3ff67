#include "hub/session.hpp"

#include "hub/dispatch.hpp"
#include "hub/sealed_frame.hpp"
#include "hub/shard.hpp"
#include "protocol/event_writer.hpp"
#include "ws/frame_writer.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace cresset::hub {

using std::chrono::milliseconds;

session::session(base::slab<session>::handle self, shard& home, net::connection& c,
                 const base::ip_address& peer, ws::deflate_parameters deflate)
    : websocket(c, home.settings().first_frames),
      deflate_(deflate),
      home_(home),
      self_(self),
      last_message_(now_ms()),
      allowance_(home.settings().rates, home.loop().now_ms()),
      id_(home.new_id()),
      peer_(peer),
      connected_ms_(home.loop().now_ms())
{}

session_address session::address() const noexcept
{
    return {home_.line(), &home_, self_};
}

std::string_view session::user_id() const noexcept
{
    return home_.user_of(*this);
}

client session::view() const noexcept
{
    if (state_ == client_state::authenticating && cold_ && cold_->arriving) {
        const identity& who = cold_->arriving->who;
        return {id_, who.user_id, &who.metadata, encrypted_, &peer_};
    }
    return {id_, named_ ? std::optional(user_id()) : std::nullopt, metadata_.get(), encrypted_,
            &peer_};
}

void session::deliver(outgoing& message, const shared_text& text)
{
    if (state_ != client_state::authenticated && waits_for_encryption())
        home_.counts().dropped_before_encryption.add();
    else
        forward(message, text);
}

// What is for it before it has a key would go out in the clear.
bool session::waits_for_encryption() const noexcept
{
    return home_.encrypts() && (key_agreed_ || home_.settings().require_encryption);
}

void session::forward(outgoing& message, const shared_text& text)
{
    const bool to_seal = cipher() != nullptr;
    if (to_seal || !encrypted_ || !text) {
        queue(message, to_seal);
        return;
    }
    const std::size_t size = transform_line::size_of(*text);
    if (is_over(line().bytes() + size, message.label().get()))
        drop_message(message);
    else
        home_.outbound().push(*this, text, message.label());
}

void session::send_event(std::string_view event, std::string_view data)
{
    outgoing message(net::segment::copy_of(
        ws::make_frame(ws::opcode::text, protocol::write_event(event, data))));
    shared_text text;
    if (encrypted_ && home_.app().has_transform())
        text =
            std::make_shared<const event_text>(event_text{std::string(event), std::string(data)});
    forward(message, text);
    home_.outbound().pump();
}

void session::send_error(std::string_view message)
{
    send_event(events::error, protocol::write_error_data(message));
}

void session::begin()
{
    expect_within(home_.settings().auth_timeout);
}

void session::begin_authenticating(std::string_view credentials)
{
    home_.set_state(*this, client_state::authenticating);
    expect_within(3 * home_.settings().auth_timeout);
    asked_for_ = capabilities::of(credentials);
    if (home_.needs_credentials(credentials))
        arriving().credentials = credentials;
}

session::cold& session::more()
{
    if (!cold_)
        cold_ = std::make_unique<cold>();
    return *cold_;
}

session::arrival& session::arriving()
{
    if (!more().arriving)
        cold_->arriving = std::make_unique<arrival>();
    return *cold_->arriving;
}

transform_line& session::line()
{
    if (!more().line)
        cold_->line = std::make_unique<transform_line>();
    return *cold_->line;
}

deflate_context& session::context()
{
    if (!more().context)
        cold_->context = std::make_unique<deflate_context>(deflate_);
    return *cold_->context;
}

ws::inflater* session::inflating()
{
    if (!deflate_.agreed)
        return nullptr;
    return deflate_.client_keeps_context ? &context().in : &home_.deflating().inflating();
}

void session::begin_encryption(std::unique_ptr<session_cipher> cipher)
{
    more().cipher = std::move(cipher);
}

void session::drop_cold_if_empty()
{
    if (cold_ && !cold_->arriving && !cold_->behind && !cold_->line && !cold_->cipher &&
        !cold_->context)
        cold_.reset();
}

void session::become_authenticated(bool named, boost::json::value metadata, bool with_room_keys)
{
    if (with_room_keys)
        home_.begin_room_keys(*this);
    home_.set_identity(*this, named, std::move(metadata));
    if (cold_)
        cold_->arriving.reset();
    drop_cold_if_empty();
    limit_messages_to(home_.settings().frames);
    home_.counts().authenticated.add();
    expect_within(home_.settings().heartbeat_interval);
}

bool session::may_receive(std::uint32_t messages, std::size_t bytes)
{
    switch (allowance_.take(home_.settings().rates, home_.loop().now_ms(), messages, bytes)) {
    case allowance::verdict::granted:
        break;
    case allowance::verdict::exceeded:
        send_error("Too many messages");
        break;
    case allowance::verdict::spent:
        home_.count_over_rate(*this);
        fail(static_cast<std::uint16_t>(ws::close_code::policy_violation), "Too many messages");
        break;
    }
    return open();
}

bool session::may_name_rooms(std::size_t count)
{
    constexpr std::size_t rooms_a_message = 16;
    return may_receive(static_cast<std::uint32_t>(count / rooms_a_message), 0);
}

bool session::on_message(std::span<char> payload, bool)
{
    last_message_.store(now_ms(), std::memory_order_relaxed);
    if (!dispatch(home_, *this, {payload.data(), payload.size()}))
        return false;
    home_.counts().messages_received.add();
    return true;
}

void session::await_joins()
{
    if (joins_under_way()) {
        joins_ = joins::and_more;
        return;
    }
    joins_ = joins::under_way;
    home_.when_settled(*this, [](shard&, session& s) {
        if (std::exchange(s.joins_, joins::done) == joins::and_more)
            s.await_joins();
        else
            s.go_on();
    });
}

void session::on_timeout()
{
    if (static_cast<std::int32_t>(now_ms() - next_check_) >= 0)
        check_state();
    if (open())
        check_idle();
    if (open())
        watch();
}

void session::on_ended()
{
    if (behind())
        home_.counts().dropped_gone.add(behind()->waiting.size());
    catch_up();
    home_.forget(*this);
}

void session::on_gone()
{
    home_.destroy(*this);
}

// check_state is due after so long.
void session::expect_within(milliseconds delay)
{
    next_check_ = now_ms() + static_cast<std::uint32_t>(delay.count());
    watch();
}

// Sets the deadline to the first thing that can be due; what is received meanwhile only moves
// last_received, and the deadline is set anew when it has passed.
void session::watch()
{
    const options& settings = home_.settings();
    milliseconds next(static_cast<std::int32_t>(next_check_ - now_ms()));
    if (settings.idle_timeout.count() != 0) {
        const bool wait_for_end = ping_unanswered() || !settings.send_pings;
        const milliseconds due = wait_for_end ? settings.idle_timeout : settings.idle_timeout / 2;
        next = std::min(next, due - silent_for());
        if (ping_unanswered() && settings.unacknowledged_timeout.count() != 0)
            next = std::min(next, settings.unacknowledged_timeout -
                                      std::min(connection().unacknowledged_for(),
                                               settings.unacknowledged_timeout * 9 / 10));
    }
    connection().set_deadline(std::max(next, milliseconds(1)));
}

// The client's state has lasted as long as it may, or until the next look at its heartbeat.
void session::check_state()
{
    const options& settings = home_.settings();
    if (state_ != client_state::authenticated) {
        close(ws::close_code{close_codes::authentication_timeout}, "Authentication timeout");
        return;
    }
    const milliseconds silent(now_ms() - last_message_.load(std::memory_order_relaxed));
    if (silent > settings.heartbeat_timeout)
        close(ws::close_code{close_codes::heartbeat_timeout}, "Heartbeat timeout");
    else
        next_check_ = now_ms() + static_cast<std::uint32_t>(settings.heartbeat_interval.count());
}

void session::check_idle()
{
    const options& settings = home_.settings();
    if (settings.idle_timeout.count() == 0)
        return;
    const milliseconds vanished = settings.unacknowledged_timeout;
    const bool pings = settings.send_pings && silent_for() >= settings.idle_timeout / 2;
    if (silent_for() >= settings.idle_timeout ||
        (pings && vanished.count() != 0 && connection().unacknowledged_for() >= vanished))
        drop();
    else if (pings && !ping_unanswered())
        ping();
}

} // namespace cresset::hub
