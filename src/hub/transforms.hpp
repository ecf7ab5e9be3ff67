#pragma once

#include "base/slab.hpp"
#include "hub/delivery.hpp"
#include "hub/outgoing.hpp"
#include "net/segment.hpp"
#include "net/timer_wheel.hpp"

#include <chrono>
#include <cresset/requests.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string_view>

namespace cresset::hub {

class session;
class shard;

// What waits between being sent to an encrypted client and being queued for it: in order of
// sending, whatever the order in which the application answers. A session's.
class transform_line
{
public:
    enum class state : std::uint8_t
    {
        waiting,
        asked,
        ready,
        lost
    };

    struct place
    {
        state at;
        shared_text text;
        label_ref label;
        net::segment_ref frame; // when ready
    };

    // The number of the place taken.
    std::uint64_t push(shared_text text, label_ref label);

    // nullptr for a place that has left the line.
    place* find(std::uint64_t number) noexcept;

    bool front_is_done() const noexcept;
    place pop();

    bool empty() const noexcept { return places_.empty(); }

    // What an event that waits takes: its text, and its place.
    static std::size_t size_of(const event_text& text) noexcept
    {
        return text.event.size() + text.data.size() + sizeof(place) + sizeof(event_text);
    }

    // Of the events that wait.
    std::size_t bytes() const noexcept { return bytes_; }

private:
    std::deque<place> places_;
    std::uint64_t first_ = 0; // the number of the front
    std::size_t bytes_ = 0;
};

// Takes the messages to encrypted clients through the application's transform, with at most
// encrypted_batch_limit of them asked for and unanswered at a time. What isn't answered in time is
// lost, so that it holds nobody up. One a shard, on its thread.
class transforms final : private net::timer
{
public:
    transforms(shard& home, std::size_t limit, std::chrono::milliseconds timeout) noexcept
        : home_(home), limit_(limit), timeout_(timeout)
    {}

    // Only puts it in line, so that a fan-out isn't disturbed: pump does the rest.
    void push(session& to, shared_text text, label_ref label);

    // Asks the application for as many as may be asked for.
    void pump();

private:
    class receiver;

    // A message that waits, or is asked for: whose, and its place in the line.
    struct turn
    {
        base::slab<session>::handle to;
        std::uint64_t number;
    };
    struct open_question
    {
        turn about;
        std::uint64_t due_ms; // of the loop
    };
    using questions = std::map<std::uint64_t, open_question>; // by number, and so by due_ms

    void on_timer() override;
    void watch();

    // What the application answered: the message to send, or nothing where it is lost. An answer
    // that comes too late finds no question.
    void finish(std::uint64_t question, std::optional<event_text> message);
    // The transform leaves the message as it is.
    void finish_unchanged(std::uint64_t question);
    void finish(questions::iterator answered, std::optional<event_text> message);

    // A line in the log, but not one for each message where the transform fails for all.
    void log_failure(std::uint64_t question, std::string_view why);

    void ask(session& to, const turn& about, const shared_text& text);
    void deliver_done(session& to);

    shard& home_;
    std::size_t limit_;
    std::chrono::milliseconds timeout_;
    questions asked_;
    std::uint64_t last_question_ = 0;
    bool pumping_ = false;
    std::uint64_t failures_ = 0;     // since the last line in the log
    std::uint64_t next_line_ms_ = 0; // of the loop; until then failures are only counted
    std::deque<turn> waiting_;
};

} // namespace cresset::hub
