// How a session's messages leave: at once, or, for a client that is behind, when it has read what
// was sent before.

#include "hub/sealed_frame.hpp"
#include "hub/session.hpp"
#include "hub/shard.hpp"
#include "ws/frame_writer.hpp"

#include <utility>

namespace cresset::hub {
namespace {

// Taken from the backlog at a time, so that a connection holds little that can't give way.
constexpr std::size_t bytes_a_step = 64 * 1024;

} // namespace

std::size_t session::waiting_bytes() const noexcept
{
    return connection().queued_bytes() + (behind() ? behind()->waiting.bytes() : 0);
}

bool session::has_place_for(std::size_t bytes) const noexcept
{
    return waiting_bytes() + bytes <= home_.settings().queue_bytes_max;
}

void session::queue(outgoing& message, bool to_seal)
{
    home_.finish_run();
    if (!open())
        return;
    const net::segment_ref& frame = form_of(message, to_seal);
    const std::size_t size = frame->bytes().size();
    if (!behind() && takes_now(to_seal ? sealed_size_max(size) : size))
        hand_over(frame, to_seal);
    else
        wait(message, frame, to_seal);
}

// As it waits, and as it leaves but for what is the client's alone: what is deflated in a context
// must be sent, and so is when it leaves, as what is sealed.
const net::segment_ref& session::form_of(outgoing& message, bool to_seal)
{
    if (to_seal || !deflates() || deflates_in_context())
        return message.frame();
    return message.deflated(window_bits(), home_.deflating());
}

bool session::queue_all(const net::segment_ref& frames, std::size_t count)
{
    if (!open())
        return true;
    if (cold_ || encrypted_ || deflates_in_context() || state_ != client_state::authenticated ||
        !takes_now(frames->bytes().size()))
        return false;
    home_.counts().messages_delivered.add(count);
    send(frames);
    return true;
}

bool session::takes_now(std::size_t bytes)
{
    if (has_place_for(bytes)) [[likely]]
        return !connection().blocked();
    connection().write_now();
    return has_place_for(bytes) && !connection().blocked();
}

// What is sealed has a number, and must be sent.
void session::hand_over(const net::segment_ref& frame, bool to_seal)
{
    home_.counts().messages_delivered.add();
    if (to_seal)
        send(cipher()->seal(ws::payload_of(frame->bytes()), home_.sealing()));
    else if (deflates_in_context() && home_.deflating().takes(frame->bytes()))
        send(home_.deflating().frame_of(frame->bytes(), context().out));
    else
        send(frame);
}

void session::wait(outgoing& message, const net::segment_ref& frame, bool to_seal)
{
    backlog::entry added{frame, message.label(), to_seal};
    const label_ref label = added.label;
    backlog& waiting = fall_behind().waiting;
    const bool over = is_over(added.bytes(), label.get());
    const bool can_make_place =
        label && label->gives_way() && added.bytes() <= home_.settings().queue_bytes_max;
    if (over && !can_make_place) {
        drop_message(message);
        return;
    }
    if (const auto replaced = waiting.push(std::move(added)))
        lose(home_.counts().dropped_superseded, replaced->label.get());
    // Ends with the message itself, if nothing else gives way.
    while (is_over(0, label.get())) {
        const auto gone = waiting.give_way();
        if (!gone)
            break;
        lose(home_.counts().dropped_oldest, gone->label.get());
    }
}

// With so many bytes more. The server's own messages are few, and count for the client alone.
bool session::is_over(std::size_t more, const message_label* label) const noexcept
{
    return !has_place_for(more) || (label && home_.budget().spent());
}

struct session::behind& session::fall_behind()
{
    if (!more().behind) {
        cold_->behind = std::make_unique<struct behind>(home_.budget());
        connection().tell_when_drained();
    }
    return *cold_->behind;
}

void session::catch_up()
{
    if (cold_)
        cold_->behind.reset();
    drop_cold_if_empty();
}

void session::drop_message(outgoing& message)
{
    const message_label* label = message.label().get();
    const bool has_place = label && has_place_for(message.frame()->bytes().size());
    lose(has_place && home_.budget().spent() ? home_.counts().dropped_queue_memory
                                             : home_.counts().dropped_slow_client,
         label);
    const auto policy = label ? label->policy : home_.settings().slow_clients;
    if (policy == slow_client_policy::close && !std::exchange(fall_behind().cut_off, true))
        // Not here: this may be in the middle of a fan-out to the client's room.
        home_.line()->post([address = address()] {
            if (session* s = address.home->find(address.handle))
                s->close(ws::close_code::try_again_later, "Too slow");
        });
}

void session::lose(counter& cause, const message_label* lost)
{
    cause.add();
    losses& burst = fall_behind().lost;
    if (burst.count() == 0)
        home_.log().warn("client reads too slowly, messages to it are dropped",
                         {{"client", id_.to_string()},
                          {"address", peer_.to_string()},
                          {"queued_bytes", waiting_bytes()}});
    burst.add(lost);
}

void session::on_drained()
{
    if (!behind())
        return;
    backlog& waiting = behind()->waiting;
    for (std::size_t moved = 0; moved < bytes_a_step && !waiting.empty();) {
        const backlog::entry next = waiting.pop();
        moved += next.bytes();
        hand_over(next.frame, next.to_seal);
        if (connection().blocked())
            break;
    }
    // Not as soon as something fits: at the limit that alternates with drops, a log line each.
    if (behind()->lost.count() != 0 && waiting_bytes() <= home_.settings().queue_bytes_max / 2)
        end_burst();
    if (!behind()) // the application's transform has closed it
        return;
    if (waiting.empty() && behind()->lost.count() == 0)
        catch_up();
    else
        connection().tell_when_drained();
}

// What is told of it comes behind all that was sent before it ended.
void session::end_burst()
{
    const losses lost = std::exchange(behind()->lost, {});
    home_.log().warn("client reads again", {{"client", id_.to_string()},
                                            {"address", peer_.to_string()},
                                            {"dropped_messages", lost.count()}});
    if (tells_gaps_)
        send_event(events::gap, lost.json());
}

void session::on_closing()
{
    home_.finish_run();
    if (!behind())
        return;
    backlog& waiting = behind()->waiting;
    while (!waiting.empty()) {
        const backlog::entry next = waiting.pop();
        hand_over(next.frame, next.to_seal);
    }
}

} // namespace cresset::hub
