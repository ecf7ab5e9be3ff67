#include "hub/transforms.hpp"

#include "hub/session.hpp"
#include "hub/shard.hpp"
#include "protocol/event_writer.hpp"
#include "ws/frame_writer.hpp"

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace cresset::hub {
namespace {

constexpr std::uint64_t ms_between_failure_lines = 1000;

} // namespace

std::uint64_t transform_line::push(shared_text text, label_ref label)
{
    bytes_ += size_of(*text);
    places_.push_back({state::waiting, std::move(text), std::move(label), {}});
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
    bytes_ -= size_of(*front.text);
    return front;
}

// The application's answer to one question of a shard's.
class transforms::receiver final : public reply<replacement>::receiver
{
public:
    receiver(shard& home, std::uint64_t question)
        : line_(home.line()), home_(home), question_(question)
    {}

    void on_accepted(replacement answer) override
    {
        line_->run([&home = home_, question = question_, answer = std::move(answer)]() mutable {
            home.outbound().finish(question,
                                   event_text{std::move(answer.event), std::move(answer.data)});
        });
    }
    void on_rejected() override
    {
        line_->run(
            [&home = home_, question = question_] { home.outbound().finish_unchanged(question); });
    }
    void on_failed(std::string_view why) override
    {
        line_->run([&home = home_, question = question_, why = std::string(why)] {
            // An exception on its way out of a handler is logged where it is caught.
            if (std::uncaught_exceptions() == 0)
                home.outbound().log_failure(question, why);
        });
        line_->post([&home = home_, question = question_] {
            home.outbound().finish(question, std::nullopt);
        });
    }

private:
    std::shared_ptr<lifeline> line_;
    shard& home_; // valid where line_ runs something
    std::uint64_t question_;
};

void transforms::push(session& to, shared_text text, label_ref label)
{
    const std::uint64_t number = to.line().push(std::move(text), std::move(label));
    waiting_.push_back({to.handle(), number});
}

void transforms::pump()
{
    if (std::exchange(pumping_, true))
        return; // an answer given at once came back here: the loop below goes on
    while (asked_.size() < limit_ && !waiting_.empty()) {
        const turn next = waiting_.front();
        waiting_.pop_front();
        session* to = home_.find(next.to);
        transform_line::place* place = to ? to->line().find(next.number) : nullptr;
        if (!place || !to->open())
            continue;
        place->at = transform_line::state::asked;
        ask(*to, next, shared_text(place->text));
    }
    pumping_ = false;
    watch();
}

void transforms::ask(session& to, const turn& about, const shared_text& text)
{
    const std::uint64_t question = ++last_question_;
    const std::uint64_t due_ms =
        home_.loop().now_ms() + static_cast<std::uint64_t>(timeout_.count());
    asked_.emplace(question, open_question{about, due_ms});
    shard::guarded(
        [&] {
            home_.app().transform(outbound_message(to.view(), text->event, text->data),
                                  reply<replacement>(std::make_unique<receiver>(home_, question)));
        },
        [&](std::string_view error) { log_failure(question, error); });
}

void transforms::watch()
{
    if (asked_.empty())
        cancel();
    else if (!armed())
        home_.loop().arm(*this, std::chrono::milliseconds(asked_.begin()->second.due_ms -
                                                          home_.loop().now_ms()));
}

void transforms::on_timer()
{
    while (!asked_.empty() && asked_.begin()->second.due_ms <= home_.loop().now_ms()) {
        log_failure(asked_.begin()->first, "no answer in time");
        finish(asked_.begin(), std::nullopt);
    }
    pump();
}

void transforms::log_failure(std::uint64_t question, std::string_view why)
{
    const auto found = asked_.find(question);
    const session* s = found == asked_.end() ? nullptr : home_.find(found->second.about.to);
    if (!s)
        return;
    ++failures_;
    if (home_.loop().now_ms() < next_line_ms_)
        return;
    next_line_ms_ = home_.loop().now_ms() + ms_between_failure_lines;
    home_.log().error("outbound_transform failed", {{"client", s->id().to_string()},
                                                    {"address", s->peer().to_string()},
                                                    {"error", why},
                                                    {"failures", std::exchange(failures_, 0)}});
}

void transforms::finish_unchanged(std::uint64_t question)
{
    const auto found = asked_.find(question);
    if (found == asked_.end())
        return;
    const turn about = found->second.about;
    session* s = home_.find(about.to);
    const transform_line::place* place = s ? s->line().find(about.number) : nullptr;
    finish(question, place ? std::optional<event_text>(*place->text) : std::nullopt);
}

void transforms::finish(std::uint64_t question, std::optional<event_text> message)
{
    const auto found = asked_.find(question);
    if (found == asked_.end())
        return;
    finish(found, std::move(message));
    pump();
}

void transforms::finish(questions::iterator answered, std::optional<event_text> message)
{
    const turn about = answered->second.about;
    asked_.erase(answered);
    session* s = home_.find(about.to);
    transform_line::place* place = s ? s->line().find(about.number) : nullptr;
    if (!place)
        return;
    place->at = message ? transform_line::state::ready : transform_line::state::lost;
    if (message)
        place->frame = net::segment::copy_of(
            ws::make_frame(ws::opcode::text, protocol::write_event(message->event, message->data)));
    deliver_done(*s);
}

void transforms::deliver_done(session& to)
{
    while (to.line().front_is_done()) {
        const transform_line::place front = to.line().pop();
        if (front.at == transform_line::state::lost) {
            home_.counts().dropped_transform.add();
            continue;
        }
        outgoing message(front.frame, front.label);
        to.queue(message);
    }
}

} // namespace cresset::hub
