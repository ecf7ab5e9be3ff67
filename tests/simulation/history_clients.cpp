// What clients do.

#include "protocol/event_writer.hpp"
#include "protocol/room_list.hpp"
#include "simulation/history.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace cresset::simulation {
namespace {

using protocol::target_kind;

constexpr std::size_t clients_max = 10; // at a time

// The smallest that Linux gives: about six short frames.
constexpr int small_buffer_bytes = 2304;

std::string error_text(std::string_view message)
{
    return protocol::write_event("error", protocol::write_error_data(message));
}

std::string list_of(const std::vector<std::string>& texts)
{
    std::string list = "[";
    for (const std::string& text : texts)
        list.append(list.size() > 1 ? "," : "").append("\"").append(text).append("\"");
    return list + "]";
}

int self(const record& c)
{
    return static_cast<int>(c.number);
}

} // namespace

void history::tell(record& c, const std::string& event, const std::string& data)
{
    end_of(c).say_text(protocol::write_event(event, data));
    model_.said_message(c);
}

void history::connect()
{
    const auto there =
        std::ranges::count_if(model_.clients(), [](const auto& c) { return !c->gone; });
    if (there >= static_cast<std::ptrdiff_t>(clients_max))
        return;
    const unsigned node = some_node();
    if (model_.stopping(node) && world_.at(node).connections() == 0)
        return; // it has ended
    const auto shard = static_cast<unsigned>(chance_.below(shape_.shards));
    record& c = model_.add_client(node, shard);
    const bool speaks = chance_.one_in(4); // at once, behind its request
    const std::string rest =
        speaks ? tests::client_frame(ws::opcode::text, R"({"event":"heartbeat"})") : "";
    const int slow_bytes = heavy_ && chance_.one_in(2) ? 64 * 1024 : small_buffer_bytes;
    world_.connect(node, shard, chance_.one_in(3) ? 0 : slow_bytes, rest);
    if (speaks)
        model_.said_message(c);
    c.busy = true;
    note(name(c) + " connects to shard " + std::to_string(shard) + " of node " +
         std::to_string(node));
}

void history::authenticate()
{
    record* const c = some_client(false);
    if (!c || c->state != client_state::unauthorized)
        return;
    static constexpr const char* others[] = {"later", "later", "later", "reject", "throw", "fail"};
    const std::string verdict = chance_.one_in(4) ? others[chance_.below(6)] : "accept";
    const std::string user = chance_.one_in(3) ? "" : "u" + std::to_string(chance_.below(3));
    authenticate_as(*c, user, verdict);
}

void history::authenticate_as(record& c, const std::string& user, const std::string& verdict)
{
    c.gap = chance_.one_in(2);
    c.reconnect = chance_.one_in(2);
    std::vector<std::string> capabilities;
    if (c.gap)
        capabilities.push_back("gap");
    if (c.reconnect)
        capabilities.push_back("reconnect");
    note(name(c) + " authenticates as \"" + user + "\", " + list_of(capabilities) + ": " + verdict);
    tell(c, "authenticate",
         "{\"who\":" + std::to_string(c.number) + ",\"user\":\"" + user + "\",\"verdict\":\"" +
             verdict + "\",\"capabilities\":" + list_of(capabilities) + "}");
    c.current.auth_due_ms = world_.time().now_ms() +
                            3 * static_cast<std::uint64_t>(shape_.settings.auth_timeout.count());
    c.busy = true;
    if (verdict == "accept") {
        model_.admit(c, user);
    } else if (verdict == "later") {
        c.next_state = client_state::authenticating;
    } else {
        model_.reply(
            c, self(c),
            error_text(verdict == "reject" ? "Authentication failed" : "Authentication error"));
        model_.end(c, self(c), 4003, "Authentication failed");
    }
}

void history::join()
{
    record* const c = some_client(true);
    if (!c)
        return;
    std::vector<std::string> rooms;
    for (std::size_t left = chance_.between(1, 3); left > 0; --left)
        rooms.push_back(some_room());
    const std::vector<std::string> odd{"closed-1",   "later", "",
                                       "ws:room:r1", c->id,   std::string(257, 'r')};
    if (chance_.one_in(3))
        rooms.push_back(odd[chance_.below(odd.size())]);
    join_rooms(*c, std::move(rooms));
}

void history::join_rooms(record& c, std::vector<std::string> rooms)
{
    note(name(c) + " joins " + list_of(rooms));
    tell(c, "join", "{\"rooms\":" + list_of(rooms) + "}");
    const std::size_t invalid = std::erase_if(
        rooms, [](const std::string& room) { return !protocol::is_valid_room_name(room); });
    model_.effect(c, self(c), model_.counted.refused_joins, invalid);
    if (std::ranges::find(rooms, "later") != rooms.end())
        return; // see answer_join
    const auto allowed = application::allowed(rooms);
    model_.effect(c, self(c), model_.counted.refused_joins, rooms.size() - allowed.size());
    for (const std::string& room : allowed)
        model_.change_of(c, self(c), group{target_kind::room, room}, true);
}

void history::leave()
{
    record* const c = some_client(true);
    if (!c)
        return;
    const std::vector<std::string> rooms{some_room(), chance_.one_in(3) ? c->id : some_room()};
    note(name(*c) + " leaves " + list_of(rooms));
    tell(*c, "leave", "{\"rooms\":" + list_of(rooms) + "}");
    for (const std::string& room : rooms)
        if (room != c->id) // which it stays in
            model_.change_of(*c, self(*c), group{target_kind::room, room}, false);
}

void history::say()
{
    record* const c = some_client(true);
    if (!c)
        return;
    sent m = some_message(self(*c), c->node, some_group(), chance_.one_in(3) ? 2'000 : 40);
    say_message(*c, std::move(m));
}

void history::say_message(record& c, sent m)
{
    note(name(c) + " says " + std::to_string(m.n) + " to " + std::string(name_of(m.to.kind)) + ' ' +
         m.to.name);
    tell(c, "say",
         "{\"kind\":\"" + std::string(name_of(m.to.kind)) + "\",\"name\":\"" + m.to.name +
             "\",\"event\":\"" + made_.event + "\",\"fleet\":" + (m.fleet ? "true" : "false") +
             ",\"exclude\":" + list_of({m.exclude.begin(), m.exclude.end()}) +
             ",\"out\":" + made_.data + "}");
    model_.send(std::move(m));
}

void history::make_noise()
{
    record* const c = some_client(!chance_.one_in(2));
    if (!c)
        return;
    const bool in = c->authenticated();
    const std::size_t what = chance_.below(7);
    note(name(*c) + " makes noise " + std::to_string(what));
    if (what == 0) {
        end_of(*c).say(tests::client_frame(ws::opcode::ping, "are you there"));
        ++c->pings;
    } else if (what == 1) {
        tell(*c, "heartbeat", {});
    } else if (what == 2) {
        end_of(*c).say_text("[1, 2");
        model_.said_message(*c);
        model_.reply(*c, self(*c), error_text("Invalid message format"));
    } else if (what == 3) {
        end_of(*c).say(tests::client_frame(ws::opcode::binary, R"({"data":1})"));
        model_.said_message(*c);
        model_.effect(*c, self(*c), model_.counted.without_event, 1);
    } else if (what == 4 && c->state != client_state::unauthorized) {
        tell(*c, "authenticate", {});
        model_.reply(*c, self(*c), error_text("Already authenticated"));
    } else {
        tell(*c, what == 5 ? "throw" : "hello", {});
        if (!in)
            model_.reply(*c, self(*c), error_text("Not authenticated"));
    }
}

void history::misbehave()
{
    record* const c = some_client(!chance_.one_in(3));
    if (!c)
        return;
    const std::size_t what = chance_.below(4);
    note(name(*c) + " breaks rule " + std::to_string(what));
    const auto frame = [](std::string_view text, const tests::client_frame_options& options) {
        return tests::client_frame(ws::opcode::text, text, options);
    };
    if (what == 0) {
        end_of(*c).say(frame("{}", {.masked = false}));
        model_.end(*c, self(*c), 1002, {});
    } else if (what == 1) {
        end_of(*c).say(frame("{}", {.rsv = 4}));
        model_.end(*c, self(*c), 1002, {});
    } else if (what == 2) {
        end_of(*c).say(frame("\"\xff\"", {}));
        model_.end(*c, self(*c), 1007, {});
    } else {
        end_of(*c).say(frame(std::string(shape_.settings.frames.message_bytes_max + 1, ' '), {}));
        model_.end(*c, self(*c), 1009, "Received too big message");
    }
}

void history::close()
{
    if (record* const c = some_client(!chance_.one_in(3))) {
        note(name(*c) + " closes");
        end_of(*c).say(tests::client_close_frame(4321, "enough"));
        model_.end(*c, self(*c), 4321, "enough");
    }
}

void history::finish()
{
    if (record* const c = some_client(!chance_.one_in(3))) {
        note(name(*c) + " says no more");
        end_of(*c).finish();
        model_.end(*c, self(*c), 0, {});
    }
}

// What it said before may be lost with it.
void history::drop()
{
    if (record* const c = some_client(!chance_.one_in(3))) {
        note(name(*c) + " is gone");
        end_of(*c).drop();
        model_.end(*c, by::others, 0, {});
    }
}

void history::end_by_itself(record& c)
{
    if (chance_.one_in(2)) {
        end_of(c).say(tests::client_close_frame(1000));
        model_.end(c, self(c), 1000, {});
    } else {
        end_of(c).drop();
        model_.end(c, by::others, 0, {});
    }
}

void history::read_or_not()
{
    std::vector<record*> all;
    for (const auto& c : model_.clients())
        if (!c->over)
            all.push_back(c.get());
    if (all.empty())
        return;
    record& c = *chance_.pick(all);
    peer& p = end_of(c);
    if (p.reading()) {
        if (chance_.one_in(3))
            return;
        note(name(c) + " stops reading");
        p.set_reading(false);
        return;
    }
    p.set_reading(true);
    if (chance_.one_in(2)) {
        note(name(c) + " reads again");
        return;
    }
    note(name(c) + " reads a little");
    p.pump(chance_.between(1, 4'000));
    p.set_reading(false);
}

} // namespace cresset::simulation
