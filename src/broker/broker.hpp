#pragma once

#include "base/unique_function.hpp"
#include "protocol/node_message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cresset::broker {

using protocol::node_message;
using protocol::target_kind;

// A node, as its broker sees it.
class node
{
public:
    virtual const std::string& server_id() const noexcept = 0;

    // A message of another node. From any thread; the node takes it to its own.
    virtual void on_node_message(const node_message& message) = 0;

protected:
    ~node() = default;
};

// What became of a message for the other nodes.
enum class publish_status : std::uint8_t
{
    no_others, // nobody there to take it to
    handed,    // on its way
    waiting,   // the way is cut: it waits, and may be lost
    lost,      // the way is cut, or what waits is too much
};

// What a broker has seen since it was made.
struct broker_counts
{
    // Published: the other side took it, said no, it gave way to newer ones, or the link was lost
    // behind it, so that nobody knows.
    std::uint64_t taken = 0;
    std::uint64_t refused = 0;
    std::uint64_t dropped = 0;
    std::uint64_t unconfirmed = 0;
    std::uint64_t queued_bytes = 0; // that wait to be published, now

    std::uint64_t received = 0;  // messages of others, given to the node
    std::uint64_t own = 0;       // that came back to their node, and were dropped
    std::uint64_t invalid = 0;   // that were none of the protocol's, and were dropped
    std::uint64_t outages = 0;   // times that the others could not be reached
    std::uint64_t outage_ms = 0; // of those that are over; what others sent meanwhile is lost
    std::uint64_t channels = 0;  // subscribed to for the node, now
};

// What joins the nodes of a fleet: takes the messages of each to the others.
//
// A message comes to every other node that may have somebody to give it to, in the order in which
// one thread published them, and never back to the node that sent it. All calls but start and stop
// from any thread.
class broker
{
public:
    virtual ~broker() = default;

    // Before the node listens: throws std::runtime_error with a line for people if the other nodes
    // can't be reached in time, and is then as if it had not been called. Once.
    virtual void start() {}

    // After a start that returned, when the node is detached: ends what start began, threads and
    // connections. What is published meanwhile or afterwards is lost.
    virtual void stop() noexcept {}

    // Whether the other nodes can be reached now.
    virtual bool ready() const noexcept { return true; }

    virtual broker_counts counts() const { return {}; }

    // Until detach, the node receives what others publish.
    virtual void attach(node& n) = 0;

    // When it returns, the node is called no more.
    virtual void detach(node& n) = 0;

    // Keeps nothing of the message's views.
    virtual publish_status publish(const node_message& message) = 0;

    // The node has somebody to give such a message to, or no longer. Of each name there are as many
    // removes as adds, but those of two threads may come in either order, so a broker counts, below
    // zero too. At any time, after stop as well. Never for a broadcast, which every node takes.
    // Waits for nothing but a short lock of the broker's own, under which no node is called.
    virtual void add_interest(target_kind, std::string_view /*name*/) {}
    virtual void remove_interest(target_kind, std::string_view /*name*/) {}

    // Calls `then`, once, when what other nodes send reaches this one for all interest that the
    // calling thread has told of. At once, or from a thread of the broker's that it must not hold
    // up. Without that, too, when the others can't be reached or take long over it; not any more
    // when the broker has stopped.
    virtual void when_settled(base::unique_function<void()> then) { then(); }
};

} // namespace cresset::broker
