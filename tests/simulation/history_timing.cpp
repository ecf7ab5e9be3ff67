// Things that follow on one another: what somebody has been told is done, others can count on.

#include "protocol/event_writer.hpp"
#include "simulation/history.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace cresset::simulation {
namespace {

using protocol::target_kind;

constexpr int steps_max = 60;

} // namespace

// By itself: a client that is told that it is connected, or in a room, gets from then on what
// anybody sends it, wherever they are.
void history::count_on_it()
{
    model_.settle();
    switch (chance_.below(3)) {
    case 0:
        count_on_connected();
        break;
    case 1:
        count_on_answer();
        break;
    default:
        count_on_join_by_node();
    }
    model_.settle();
}

// So that a message of the emitter must come, where the others have told of what they did.
void history::emit_once(record& c, const std::function<bool()>& is_told, const group& to)
{
    for (int left = steps_max; left > 0 && !is_told(); --left)
        world_.stir(1);
    if (!is_told())
        return;
    note("and it is told");
    model_.confirm(c);
    emit_to(to);
}

void history::count_on_connected()
{
    record* const c = some_client(false);
    if (!c || c->state != client_state::unauthorized || !end_of(*c).reading())
        return;
    authenticate_as(*c, "u1", "accept");
    const bool to_user = chance_.one_in(2);
    emit_once(
        *c, [&] { return end_of(*c).has_heard("{\"event\":\"connected\""); },
        to_user ? group{target_kind::user, "u1"} : group{target_kind::broadcast, {}});
}

// What it says behind a join is only taken when the join is done everywhere.
void history::count_on_answer()
{
    record* const c = some_client(true);
    if (!c || !end_of(*c).reading())
        return;
    const std::string room = some_room();
    join_rooms(*c, {room});
    sent m = some_message(static_cast<int>(c->number), c->node, {target_kind::client, c->id}, 40);
    m.exclude.clear();
    const std::string text = m.text;
    say_message(*c, std::move(m));
    emit_once(*c, [&] { return end_of(*c).has_heard(text); }, {target_kind::room, room});
}

void history::count_on_join_by_node()
{
    record* const c = some_client(true);
    if (!c || model_.stopping(c->node))
        return;
    const std::string room = some_room();
    const std::size_t done_before = joins_done_;
    join_client(*c, room);
    emit_once(*c, [&] { return joins_done_ != done_before; }, {target_kind::room, room});
}

// A client that was behind reads all that the socket held, and is sent more at that moment.
void history::catch_up()
{
    std::vector<record*> behind;
    for (const auto& c : model_.clients())
        if (c->there() && !end_of(*c).reading() && c->books.outstanding_bytes() > 0)
            behind.push_back(c.get());
    if (behind.empty())
        return;
    record& c = *chance_.pick(behind);
    note("client " + std::to_string(c.number) + " reads all, and is sent more");
    end_of(c).set_reading(true);
    end_of(c).pump();
    for (std::size_t left = chance_.between(1, 3); left > 0; --left)
        send_by_node(some_message(by::driver, c.node, {target_kind::client, c.id}, 40));
}

} // namespace cresset::simulation
