#include "simulation/model.hpp"

#include "protocol/json_member.hpp"
#include "simulation/broken.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cresset::simulation {

using protocol::target_kind;

namespace {

std::string address_of(const record& c)
{
    return "10.0." + std::to_string(c.number / 256) + '.' + std::to_string(c.number % 256);
}

std::string name_of(const record& c)
{
    return "client " + std::to_string(c.number);
}

std::uint64_t count_ms(std::chrono::milliseconds d)
{
    return static_cast<std::uint64_t>(d.count());
}

} // namespace

model::model(world& w, const world::shape& shape) : world_(w), shape_(shape) {}

// --- told by actions ---

record& model::add_client(unsigned node, unsigned shard)
{
    clients_.push_back(
        std::make_unique<record>(clients_.size(), node, shard, settings().queue_bytes_max));
    record& c = *clients_.back();
    c.current = {now() + count_ms(settings().auth_timeout), now(), now()};
    c.before = c.current;
    if (leaves_slowly(node))
        c.endings.push_back(stopping_.at(node)); // with the last
    else if (const auto stopped = stopping_.find(node); stopped != stopping_.end())
        end(c, by::others, stopped->second.code, stopped->second.reason);
    return c;
}

void model::send(sent m)
{
    if (m.to.kind == target_kind::room && base::client_id::parse(m.to.name))
        m.to.kind = target_kind::client;
    ++census_["messages sent"];
    sent_.push_back(std::move(m));
}

void model::change_of(record& c, int by, std::optional<group> of, bool enters)
{
    c.changes.push_back({next(), by, std::move(of), enters});
}

void model::confirm(record& c)
{
    for (const change& ch : c.changes)
        if (ch.of && ch.enters)
            c.in.insert(*ch.of);
    std::erase_if(c.changes, [](const change& ch) { return ch.of && ch.enters; });
}

void model::reply(record& c, int by, const std::string& text)
{
    c.replies.push_back({next(), by, text});
}

void model::effect(record& c, int by, tally& of, std::uint64_t count)
{
    c.effects.push_back({next(), by, &of, count});
}

void model::said_message(record& c)
{
    c.current.message_ms = now();
    effect(c, static_cast<int>(c.number), counted.received, 1);
}

void model::end(record& c, int actor, unsigned code, std::string reason)
{
    change_of(c, actor, std::nullopt, false);
    c.endings.push_back({code, std::move(reason), now(), now() + slack_ms});
    c.must_go = true;
    c.busy |= actor != by::driver;
}

void model::stop(unsigned node, std::uint64_t spread_ms)
{
    const ending at_once{1001, "Server shutting down", now(), now() + slack_ms};
    const ending in_turn{1012, "Server restarts", now(), now() + spread_ms + slack_ms};
    stopping_.insert_or_assign(node, spread_ms == 0 ? at_once : in_turn);
    for (const auto& c : clients_) {
        if (c->node != node || c->gone)
            continue;
        if (spread_ms == 0) {
            end(*c, by::others, at_once.code, at_once.reason);
            continue;
        }
        c->endings.push_back(in_turn);
        if (c->authenticated() && c->reconnect)
            reply(*c, by::others, "reconnect");
    }
}

// Who comes in meanwhile stays until the end of it.
bool model::leaves_slowly(unsigned node) const
{
    const auto stopped = stopping_.find(node);
    return stopped != stopping_.end() && stopped->second.code == 1012 &&
           stopped->second.latest > now();
}

void model::admit(record& c, const std::string& user)
{
    change_of(c, by::others, group{target_kind::broadcast, {}}, true);
    if (!user.empty())
        change_of(c, by::others, group{target_kind::user, user}, true);
    for (const std::string& room : settings().default_rooms)
        change_of(c, by::others, group{target_kind::room, room}, true);
    if (!c.id.empty()) // else nobody knows it yet
        change_of(c, by::others, group{target_kind::room, c.id}, true);
    reply(c, by::others, "connected");
    if (c.reconnect && leaves_slowly(c.node))
        reply(c, by::others, "reconnect");
    c.next_state = client_state::authenticated;
    c.user = user;
    c.busy = true;
    if (c.gap)
        c.books.expect_gaps();
}

// --- and then ---

void model::settle()
{
    world_.settle();
    note_said();
    compare();
}

void model::pass(std::uint64_t ms)
{
    settle();
    world_.pass(ms);
    note_said();
    for (const auto& c : clients_)
        c->before = c->current; // what it said meanwhile was heard at once
    compare();
}

void model::note_said()
{
    for (const auto& c : clients_)
        c->current.said_ms = std::max(c->current.said_ms, world_.client(c->number).last_said_ms());
}

void model::compare()
{
    observe();
    open_books();
    for (const auto& c : clients_) {
        check_reason(*c);
        read_frames(*c);
        resolve(*c);
    }
    check_counts();
}

// Whom the nodes have now.
void model::observe()
{
    seen_.clear();
    for (unsigned i = 0; i < world_.nodes(); ++i)
        for (client_info& info : world_.at(i).hub().describe({target_kind::broadcast, {}}))
            require(seen_.emplace(std::move(info.address), info).second, "a client is there twice");
    for (const auto& c : clients_)
        if (!c->gone && !seen_.contains(address_of(*c)))
            notice_end(*c);
}

void model::read_frames(record& c)
{
    peer& p = world_.client(c.number);
    for (const std::string& text : p.take_texts())
        c.books.take(text);
    if (c.over)
        return;
    if (p.close_code() != 0 || p.ended())
        check_end(c);
    else if (c.gone)
        require(!p.reading(), name_of(c) + " has not heard that it is over");
    else if (p.reading()) {
        // A queue of more than 64 KiB gets no answers.
        const bool all = settings().queue_bytes_max <= 64 * 1024;
        require(all ? p.pongs() == c.pings : p.pongs() <= c.pings,
                name_of(c) + " had no answer to its pings");
        c.books.balance();
    }
}

// The batch is over: what it has changed, is.
void model::resolve(record& c)
{
    const auto seen = seen_.find(address_of(c));
    for (const server_count& e : c.effects)
        e.of->add(c.comes_before_end(e.at, e.by), e.count);
    if (c.gone) {
        c.in.clear();
    } else {
        const client_info& info = seen->second;
        require(!c.must_go, name_of(c) + " is still there");
        require(info.state == c.next_state.value_or(c.state),
                name_of(c) + " is " + std::string(client_states::name_of(info.state)));
        c.state = info.state;
        c.id = info.id.to_string();
        if (c.authenticated() && !std::exchange(c.admitted, true))
            c.admitted_ms = now();
        check_rooms(c, info);
        for (const ending& e : due(c))
            require(e.latest >= now(), name_of(c) + " should have ended with " +
                                           std::to_string(e.code) + ' ' + e.reason);
    }
    c.before = c.current;
    c.was_reading = world_.client(c.number).reading();
    c.changes.clear();
    c.replies.clear();
    c.effects.clear();
    c.next_state.reset();
    c.busy = false;
}

void model::check_connected(const record& c, const client_info& info) const
{
    require(info.user_id.value_or("") == c.user, name_of(c) + " is another user");
    const std::string& told = c.books.connected_text();
    if (told.empty()) // it has not read it yet, or has lost it
        return;
    const auto data = protocol::find_member(told, "data");
    require(protocol::read_string_member(data, "id") == c.id, "who it is: " + told);
    require(protocol::read_string_member(data, "userId") == info.user_id, "which user: " + told);
    const auto has = protocol::read_strings_member(data, "capabilities");
    const auto asked = static_cast<std::size_t>(c.gap) + static_cast<std::size_t>(c.reconnect);
    require(has.size() == asked, "what it asked for: " + told);
}

void model::check_rooms(record& c, const client_info& info)
{
    std::set<group> now_in{{target_kind::client, c.id}};
    for (const std::string& room : info.rooms)
        now_in.insert({target_kind::room, room});
    if (c.authenticated()) {
        now_in.insert({target_kind::broadcast, {}});
        check_connected(c, info);
        if (!c.user.empty())
            now_in.insert({target_kind::user, c.user});
        c.in.insert({target_kind::room, c.id});
    }
    c.in.insert({target_kind::client, c.id});
    std::map<group, std::set<int>> changed_by;
    for (const change& ch : c.changes) {
        changed_by[*ch.of].insert(ch.by);
        if (ch.enters)
            c.in.insert(*ch.of);
        else
            c.in.erase(*ch.of);
    }
    for (const auto& [of, actors] : changed_by)
        if (actors.size() > 1) { // either came last
            if (now_in.contains(of))
                c.in.insert(of);
            else
                c.in.erase(of);
        }
    for (const group& g : now_in)
        require(c.in.contains(g), name_of(c) + " is in " + g.name + ", and should not be");
    for (const group& g : c.in)
        require(now_in.contains(g), name_of(c) + " is not in " + g.name + ", but should be");
}

} // namespace cresset::simulation
