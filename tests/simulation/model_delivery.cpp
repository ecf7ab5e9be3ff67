// Who is to get what.

#include "simulation/broken.hpp"
#include "simulation/model.hpp"

#include <algorithm>

namespace cresset::simulation {

using protocol::target_kind;

namespace {

std::string sender_of(const sent& m)
{
    if (m.sender == by::emitter)
        return "the emitter";
    const std::string who =
        m.sender == by::driver ? "the driver" : "client " + std::to_string(m.sender);
    return who + " at node " + std::to_string(m.node);
}

// As `gap` says it.
std::string place_of(const group& to)
{
    switch (to.kind) {
    case target_kind::client:
        return "client";
    case target_kind::user:
        return "user";
    case target_kind::room:
        return "room " + to.name;
    case target_kind::broadcast:
        break;
    }
    return "everyone";
}

} // namespace

// What sending tells of recipients is counted at once, whatever is on its way then: out of order.
model::answer model::expects(const sent& m, const record& c, bool in_order) const
{
    if (m.exclude.contains(c.id))
        return answer::never;
    const bool here = c.node == m.node;
    group to = m.to;
    if (!here && to.kind == target_kind::client)
        to.kind = target_kind::room; // other nodes know it once it has authenticated
    const bool before = c.in.contains(to);
    bool in = before;
    bool ever_in = before;
    bool at_once = false; // something that has no order with the message
    for (const change& ch : c.changes) {
        if (ch.of && *ch.of != to)
            continue;
        ever_in |= ch.enters;
        if (!here || m.late || !in_order || ch.by != m.sender)
            at_once = true;
        else if (ch.at < m.n)
            in = ch.enters;
    }
    if (at_once)
        return ever_in ? answer::may : answer::never;
    return in ? answer::must : answer::never;
}

void model::open_books()
{
    for (const auto& c : clients_)
        owe_replies(*c);
    for (unsigned i = 0; i < world_.nodes(); ++i) {
        owe_messages(i);
        note_budget(i);
    }
    std::erase_if(sent_, [&](const sent& m) { return m.done.size() == world_.nodes(); });
    for (sent& m : sent_)
        m.late = true;
}

void model::owe_replies(record& c)
{
    for (const server_reply& r : c.replies)
        c.books.owe({r.at,
                     std::string(ledger::server),
                     c.comes_before_end(r.at, r.by),
                     r.text,
                     "client",
                     {}});
}

// What has come to the node in this batch.
void model::owe_messages(unsigned node)
{
    for (sent& m : sent_) {
        if (m.done.contains(node))
            continue;
        const bool here = m.node == node;
        const bool nowhere = m.result && m.result->status == send_status::not_running;
        const fate became =
            here || !m.fleet || nowhere ? fate::lost : world_.bus().fate_of(m.n, node);
        if (became == fate::under_way)
            continue;
        m.done.insert(node);
        if (nowhere)
            continue;
        if (here || became == fate::delivered)
            owe_message(m, node);
        else if (became == fate::lost)
            census_["lost between nodes"] += m.fleet ? 1 : 0;
        else
            for (const auto& c : clients_)
                require(c->node != node || expects(m, *c) != answer::must,
                        "node " + std::to_string(node) + " did not want what client " +
                            std::to_string(c->number) + " is to get: " + m.text);
    }
}

void model::owe_message(const sent& m, unsigned node)
{
    std::uint64_t must = 0;
    std::uint64_t may = 0;
    const bool said = m.sender < 0 || m.late ||
                      clients_[static_cast<std::size_t>(m.sender)]->comes_before_end(m.n, m.sender);
    for (const auto& c : clients_) {
        answer is = c->node == node && !c->over ? expects(m, *c) : answer::never;
        if (is == answer::must && !said && m.node == node)
            is = answer::may;
        if (is == answer::never)
            continue;
        (is == answer::must ? must : may) += 1;
        c->books.owe(
            {m.n, sender_of(m), is == answer::must, m.text, place_of(m.to), m.replace_key});
    }
    census_["deliveries for certain"] += must;
    census_["deliveries that may be"] += may;
    if (m.node == node && m.result)
        check_result(m);
}

void model::check_result(const sent& m) const
{
    std::uint64_t must = 0;
    std::uint64_t may = 0;
    for (const auto& c : clients_)
        if (c->node == m.node && !c->over) {
            const answer is = expects(m, *c, false);
            must += is == answer::must ? 1 : 0;
            may += is == answer::may ? 1 : 0;
        }
    const std::uint64_t recipients = m.result->recipients;
    require(must <= recipients && recipients <= must + may,
            "sending told of " + std::to_string(recipients) + " recipients, not " +
                std::to_string(must) + ": " + m.text);
    const bool fleet_lost =
        m.result->fleet == fleet_status::lost || m.result->fleet == fleet_status::waiting;
    require((m.result->status == send_status::local_only) == fleet_lost,
            "sending told another result: " + std::string(cresset::name_of(m.result->status)));
    require((m.result->fleet == fleet_status::not_asked) == !m.fleet,
            "the fleet was asked, or not");
}

// Each shard tells the process of what waits in lumps of 64 KiB.
void model::note_budget(unsigned node)
{
    std::size_t waiting = std::size_t{64} * 1024 * shape_.shards;
    for (const auto& c : clients_)
        if (c->node == node)
            waiting += c->books.outstanding_bytes();
    if (waiting >= settings().queue_bytes_total_max)
        for (const auto& c : clients_)
            if (c->node == node)
                c->books.allow_losses();
}

} // namespace cresset::simulation
