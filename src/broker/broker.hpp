#pragma once

#include "base/client_id.hpp"

#include <string>
#include <vector>

namespace cresset::broker {

enum class target_kind
{
    client,
    user,
    room,
    broadcast
};

// What one node tells the others to deliver.
struct node_message
{
    std::string server_id; // of the node that sent it
    target_kind kind = target_kind::broadcast;
    std::string target; // a client id, user id or room; empty for a broadcast
    std::string event;
    std::string data; // raw JSON; empty if there is none
    std::vector<base::client_id> exclude;
};

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

// What joins the nodes of a fleet: takes the messages of each to the others.
//
// A message comes to every other node that may have somebody to give it to, in the order in which
// one thread published them, and never back to the node that sent it. All calls from any thread.
class broker
{
public:
    virtual ~broker() = default;

    // Until detach, the node receives what others publish.
    virtual void attach(node& n) = 0;

    // When it returns, the node is called no more.
    virtual void detach(node& n) = 0;

    // False if there is no other node to take it to, or no way to.
    virtual bool publish(const node_message& message) = 0;
};

} // namespace cresset::broker
