#include "hub/transforms.hpp"

#include "hub/session.hpp"
#include "hub/shard.hpp"
#include "protocol/event_writer.hpp"
#include "ws/frame_writer.hpp"

#include <cassert>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace cresset::hub {
namespace {

constexpr std::uint64_t ms_between_failure_lines = 1000;

} // namespace

std::uint64_t transform_line::push(shared_text text)
{
    bytes_ += text->data.size();
    places_.push_back({state::waiting, std::move(text), {}});
    return first_ + places_.size() - 1;
}

transform_line::place* transform_line::find(std::uint64_t number) noexcept
{
    if (number < first_ || number - first_ >= places_.size())
        return nullptr;
    return &places_[static_cast<std::size_t>(number - first_)];
}

bool transform_line::front_is_done() const noexcept
{
    return !places_.empty() &&
           (places_.front().at == state::ready || places_.front().at == state::lost);
}

transform_line::place transform_line::pop()
{
    place front = std::move(places_.front());
    places_.pop_front();
    ++first_;
    bytes_ -= front.text->data.size();
    return front;
}

// The application's answer for one place of one session's line.
class transforms::receiver final : public reply<replacement>::receiver
{
public:
    receiver(session_address to, std::uint64_t number) : to_(std::move(to)), number_(number) {}

    void on_accepted(replacement answer) override
    {
        to_.line->run([to = to_, number = number_, answer = std::move(answer)]() mutable {
            to.home->outbound().finish(to.handle, number,
                                       event_text{std::move(answer.event), std::move(answer.data)});
        });
    }
    void on_rejected() override
    {
        to_.line->run([to = to_, number = number_] {
            to.home->outbound().finish_unchanged(to.handle, number);
        });
    }
    void on_failed(std::string_view why) override
    {
        to_.line->run([to = to_, why = std::string(why)] {
            // An exception on its way out of a handler is logged where it is caught.
            if (std::uncaught_exceptions() == 0)
                to.home->outbound().log_failure(to.handle, why);
        });
        to_.line->post([to = to_, number = number_] {
            to.home->outbound().finish(to.handle, number, std::nullopt);
        });
    }

private:
    session_address to_;
    std::uint64_t number_;
};

void transforms::push(session& to, shared_text text)
{
    const std::uint64_t number = to.line().push(std::move(text));
    waiting_.push_back({to.handle(), number});
}

void transforms::pump()
{
    if (std::exchange(pumping_, true))
        return; // an answer given at once came back here: the loop below goes on
    while (asked_ < limit_ && !waiting_.empty()) {
        const turn next = waiting_.front();
        waiting_.pop_front();
        session* to = home_.find(next.to);
        transform_line::place* place = to ? to->line().find(next.number) : nullptr;
        if (!place || !to->open())
            continue;
        place->at = transform_line::state::asked;
        ask(*to, next.number, shared_text(place->text));
    }
    pumping_ = false;
}

void transforms::ask(session& to, std::uint64_t number, const shared_text& text)
{
    ++asked_;
    shard::guarded(
        [&] {
            home_.app().transform(
                outbound_message(to.view(), text->event, text->data),
                reply<replacement>(std::make_unique<receiver>(to.address(), number)));
        },
        [&](std::string_view error) { log_failure(to.handle(), error); });
}

void transforms::log_failure(base::slab<session>::handle to, std::string_view why)
{
    const session* s = home_.find(to);
    if (!s)
        return;
    ++failures_;
    if (home_.loop().now_ms() < next_line_ms_)
        return;
    next_line_ms_ = home_.loop().now_ms() + ms_between_failure_lines;
    home_.log().error("outbound_transform failed", {{"client", s->id().to_string()},
                                                    {"error", why},
                                                    {"failures", std::exchange(failures_, 0)}});
}

void transforms::finish_unchanged(base::slab<session>::handle to, std::uint64_t number)
{
    session* s = home_.find(to);
    const transform_line::place* place = s ? s->line().find(number) : nullptr;
    finish(to, number, place ? std::optional<event_text>(*place->text) : std::nullopt);
}

void transforms::finish(base::slab<session>::handle to, std::uint64_t number,
                        std::optional<event_text> message)
{
    assert(asked_ > 0);
    --asked_;
    session* s = home_.find(to);
    if (transform_line::place* place = s ? s->line().find(number) : nullptr) {
        place->at = message ? transform_line::state::ready : transform_line::state::lost;
        if (message)
            place->frame = net::segment::copy_of(ws::make_frame(
                ws::opcode::text, protocol::write_event(message->event, message->data)));
        deliver_done(*s);
    }
    pump();
}

void transforms::deliver_done(session& to)
{
    while (to.line().front_is_done()) {
        const transform_line::place front = to.line().pop();
        if (front.at == transform_line::state::ready)
            to.queue(front.frame);
        else
            home_.counts().dropped_transform.add();
    }
}

} // namespace cresset::hub
