#pragma once

#include "protocol/node_message.hpp"
#include "simulation/ledger.hpp"

#include <algorithm>
#include <compare>
#include <cresset/constants.hpp>
#include <cresset/send_result.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cresset::simulation {

// Who does something: a client by its number, or one of these.
namespace by {
inline constexpr int driver = -1;  // calls a hub from outside of its threads
inline constexpr int emitter = -2; // publishes in Redis
inline constexpr int others = -3;  // whatever is not done by anybody in an order
} // namespace by

// Whom a message is for, and what a client may be in: {client, its id} while it is there, and from
// its authentication on {room, its id}, its user, its rooms, and {broadcast, ""}.
struct group
{
    protocol::target_kind kind;
    std::string name;

    auto operator<=>(const group&) const = default;
};

// A message of this batch.
struct sent
{
    std::uint64_t n;
    int sender;    // see by
    unsigned node; // where it was sent; no_node for the emitter
    bool fleet;
    group to;
    std::set<std::string> exclude;
    std::string text; // of the whole event
    std::string replace_key;
    std::optional<send_result> result; // where it is known

    std::set<unsigned> done = {}; // nodes at which it is known who should have got it
    bool late = false;            // was on its way when its batch ended
};
inline constexpr unsigned no_node = 0xffff;

// What happens in a batch to what a client is in.
struct change
{
    std::uint64_t at; // counts up with the messages' n
    int by;
    std::optional<group> of; // nothing: all
    bool enters;
};

// A reason for which the server ends a connection, and when. 0: without a close frame.
struct ending
{
    unsigned code;
    std::string reason; // empty: any
    std::uint64_t earliest;
    std::uint64_t latest;
};

// Counted exactly, but for what happened while something else did.
using tally = ledger::sum;

// What the server counts of what somebody does.
struct server_count
{
    std::uint64_t at;
    int by;
    tally* of;
    std::uint64_t count;
};

// What the server answers to it.
struct server_reply
{
    std::uint64_t at;
    int by;
    std::string text; // see ledger::own_text
};

// A client as the model knows it.
struct record
{
    record(std::size_t n, unsigned at_node, unsigned at_shard, std::size_t queue_bytes_max)
        : number(n),
          node(at_node),
          shard(at_shard),
          books("client " + std::to_string(n), queue_bytes_max)
    {}

    // Whether what was done then, of or to the client, came before any end of it.
    bool comes_before_end(std::uint64_t at, int actor) const
    {
        return std::ranges::all_of(changes, [&](const change& ch) {
            return ch.of || (ch.by == actor && actor != by::others && ch.at > at);
        });
    }

    bool there() const noexcept { return !gone && !id.empty(); }
    bool authenticated() const noexcept { return !gone && state == client_state::authenticated; }

    std::size_t number;
    unsigned node;
    unsigned shard;
    ledger books;

    // As it was when the last batch had ended.
    std::string id; // empty before that
    client_state state = client_state::unauthorized;
    std::set<group> in;
    bool was_reading = true;
    bool gone = false;       // the server has forgotten it
    bool over = false;       // and its end of the connection has ended, too
    bool silent_end = false; // perhaps without a close frame

    // In this batch.
    std::vector<change> changes;
    std::vector<server_reply> replies;
    std::vector<server_count> effects;
    std::optional<client_state> next_state;
    bool busy = false; // says nothing more
    bool must_go = false;

    std::size_t pings = 0; // that it has said
    std::string user;      // once it has authenticated
    bool gap = false;
    bool reconnect = false;

    // What it may end for, beside what is due by its state and times.
    std::vector<ending> endings;
    bool admitted = false; // ever
    std::uint64_t admitted_ms = 0;

    // When it last did something, or has to have authenticated.
    struct times
    {
        std::uint64_t auth_due_ms;
        std::uint64_t message_ms;
        std::uint64_t said_ms; // anything
    };
    times current{};
    times before{}; // when the last batch had ended
};

inline std::string name(const record& c)
{
    return "client " + std::to_string(c.number);
}

} // namespace cresset::simulation
