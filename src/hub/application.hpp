#pragma once

#include "base/client_id.hpp"
#include "hub/reply.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cresset::hub {

// A client, as the application sees it during a call.
struct client
{
    const base::client_id& id;
    std::string_view user_id; // empty if it has none
};

// What the server is for: the decisions that the hub leaves to others.
//
// All calls come on the thread of the client's shard. An exception that leaves one is caught and
// logged: a failed authentication, a refused join, nothing else.
class application
{
public:
    // credentials is raw JSON, an object or whatever the client sent; "{}" if it sent nothing.
    virtual void authenticate(const client& who, std::string_view credentials,
                              authenticate_reply reply) = 0;

    // rooms are well-formed names, at least one.
    virtual void validate_rooms(const client& who, std::vector<std::string> rooms,
                                join_reply reply) = 0;

    virtual void client_connected(const client&) {}

    // Also for clients that never authenticated.
    virtual void client_disconnected(const client&) {}

    // An event that is not the system's. data is raw JSON, empty if absent.
    virtual void message(const client&, std::string_view event, std::string_view data) = 0;

protected:
    ~application() = default;
};

} // namespace cresset::hub
