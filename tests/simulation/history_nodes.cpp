// What nodes do, what is done to them, and what the application answers late.

#include "protocol/event_writer.hpp"
#include "simulation/history.hpp"

#include <string>
#include <utility>
#include <vector>

namespace cresset::simulation {
namespace {

using protocol::target_kind;
using std::chrono::milliseconds;

constexpr milliseconds deadline{5'000};

std::string name(unsigned node)
{
    return "node " + std::to_string(node);
}

std::string name(const sent& m)
{
    return std::to_string(m.n) + " to " + std::string(name_of(m.to.kind)) + ' ' + m.to.name +
           (m.fleet ? " of all" : "");
}

template <typename List>
auto take_one(List& from, dice& chance)
{
    const auto at = std::next(from.begin(), static_cast<std::ptrdiff_t>(chance.below(from.size())));
    auto taken = std::move(*at);
    from.erase(at);
    return taken;
}

} // namespace

void history::send()
{
    send_by_node(
        some_message(by::driver, some_node(), some_group(), chance_.one_in(3) ? 2'000 : 40));
}

// More than a slow client's queue takes, often.
void history::send_much()
{
    const unsigned node = some_node();
    const group to = some_group();
    for (std::size_t left = chance_.between(5, 25); left > 0; --left)
        send_by_node(some_message(by::driver, node, to, heavy_ ? 20'000 : 3'000));
}

void history::send_by_node(sent m)
{
    note(name(m.node) + " sends " + name(m));
    m.result = world_.at(m.node).hub().send({m.to.kind, m.to.name}, {made_.event, made_.data},
                                            made_.exclude, m.fleet ? reach::fleet : reach::node);
    model_.send(std::move(m));
}

// As the reference's `send` does.
void history::route()
{
    group to = some_group();
    if (to.kind == target_kind::user)
        to = {target_kind::broadcast, {}};
    sent m = some_message(by::driver, some_node(), to, 40);
    m.fleet = true;
    m.exclude.clear();
    note(name(m.node) + " routes " + name(m));
    m.result = world_.at(m.node).hub().route(
        to.kind == target_kind::broadcast ? std::nullopt : std::optional<std::string_view>(to.name),
        {made_.event, made_.data});
    model_.send(std::move(m));
}

void history::emit()
{
    emit_to(some_group());
}

void history::emit_to(const group& to)
{
    sent m = some_message(by::emitter, no_node, to, chance_.one_in(3) ? 2'000 : 40);
    m.fleet = true;
    note("the emitter sends " + name(m));
    world_.bus().emit({.server_id = "emitter",
                       .kind = m.to.kind,
                       .target = m.to.name,
                       .event = made_.event,
                       .data = made_.data,
                       .exclude = made_.exclude});
    model_.send(std::move(m));
}

void history::join_by_node()
{
    record* const c = some_client(true);
    if (!c || model_.stopping(c->node))
        return;
    join_client(*c, some_room());
}

void history::join_client(record& c, const std::string& room)
{
    note(name(c.node) + " joins " + name(c) + " to " + room);
    if (!world_.at(c.node).hub().join(*base::client_id::parse(c.id), room,
                                      [this] { ++joins_done_; }))
        return; // it has just gone
    ++joins_asked_;
    model_.change_of(c, by::driver, group{target_kind::room, room}, true);
}

void history::leave_by_node()
{
    record* const c = some_client(true);
    if (!c || model_.stopping(c->node))
        return;
    const std::string room = some_room();
    note(name(c->node) + " takes " + name(*c) + " out of " + room);
    if (world_.at(c->node).hub().leave(*base::client_id::parse(c->id), room))
        model_.change_of(*c, by::driver, group{target_kind::room, room}, false);
}

void history::disconnect()
{
    record* const c = some_client(!chance_.one_in(3));
    if (!c || model_.stopping(c->node))
        return;
    note(name(c->node) + " disconnects " + name(*c));
    if (world_.at(c->node).hub().disconnect(*base::client_id::parse(c->id), ws::close_code{4500},
                                            "no more"))
        model_.end(*c, by::driver, 4500, "no more");
}

void history::answer_identity()
{
    auto& owed = world_.at(some_node()).app().identities;
    if (owed.empty())
        return;
    const auto& clients = model_.clients();
    if (clients[static_cast<std::size_t>(owed.front().who)]->busy)
        return;
    application::owed_identity answer = std::move(owed.front());
    owed.pop_front();
    record& c = *clients[static_cast<std::size_t>(answer.who)];
    const std::size_t what = chance_.below(6);
    note("the application answers late to " + name(c) + ": " + std::to_string(what));
    if (what < 3)
        answer.answer.accept(answer.user.empty() ? identity() : identity(answer.user));
    else if (what == 3)
        answer.answer.reject();
    else if (what == 4)
        answer.answer.fail("at last");
    if (c.gone || c.must_go)
        return;
    if (what < 3) {
        model_.admit(c, answer.user);
        return;
    }
    // Without an answer, the last one is "no".
    const std::string error = what == 4 ? "Authentication error" : "Authentication failed";
    model_.reply(c, by::driver, protocol::write_event("error", protocol::write_error_data(error)));
    model_.end(c, by::driver, 4003, "Authentication failed");
    c.busy = true;
}

void history::answer_join()
{
    auto& owed = world_.at(some_node()).app().joins;
    if (owed.empty())
        return;
    application::owed_rooms answer = take_one(owed, chance_);
    record& c = *model_.clients()[static_cast<std::size_t>(answer.who)];
    const std::size_t what = chance_.below(5);
    note("the application answers late to the join of " + name(c) + ": " + std::to_string(what));
    std::vector<std::string> allowed;
    if (what < 3)
        allowed = application::allowed(answer.rooms);
    if (what < 3)
        answer.answer.accept(allowed);
    else if (what == 3)
        answer.answer.reject();
    else
        answer.answer.fail("at last");
    if (c.gone)
        return;
    model_.effect(c, by::driver, model_.counted.refused_joins,
                  answer.rooms.size() - allowed.size());
    for (const std::string& room : allowed)
        model_.change_of(c, by::driver, group{target_kind::room, room}, true);
}

void history::lag()
{
    const std::size_t ms = chance_.between(1, 10);
    note("nobody does anything for " + std::to_string(ms) + " ms");
    world_.lag(ms);
}

void history::cut()
{
    node_link& link = world_.at(some_node()).link();
    if (!link.connected())
        return;
    note("a node loses Redis");
    link.cut(chance_);
}

void history::heal()
{
    node_link& link = world_.at(some_node()).link();
    if (link.connected())
        return;
    note("a node finds Redis again");
    link.heal();
}

void history::stop()
{
    const unsigned node = some_node();
    if (model_.stopping(node) || !chance_.one_in(3))
        return;
    note(name(node) + " stops");
    world_.at(node).stop(milliseconds(0), deadline);
    model_.stop(node, 0);
}

// By itself: its clients are told at the next tick when their turn is.
void history::stop_slowly()
{
    const unsigned node = some_node();
    if (model_.stopping(node))
        return;
    const std::size_t spread = chance_.between(50, 1'500);
    note(name(node) + " stops within " + std::to_string(spread) + " ms");
    world_.at(node).stop(milliseconds(spread), deadline);
    model_.stop(node, spread);
    world_.pass(20);
    model_.settle();
}

} // namespace cresset::simulation
