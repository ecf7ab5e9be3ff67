#pragma once

#include <cresset/client.hpp>
#include <cresset/reply.hpp>
#include <cresset/requests.hpp>

namespace cresset::hub {

// What a server is for: the decisions that the hub leaves to others.
//
// All calls come on the thread of the client's shard. An exception that leaves one is caught and
// logged; where an answer is owed, it has failed.
class application
{
public:
    virtual void authenticate(const authenticate_request& request, reply<identity> answer) = 0;

    virtual void validate_rooms(const join_request& request, reply<allowed_rooms> answer) = 0;

    virtual void client_connected(const client&) {}

    // Also for clients that never authenticated.
    virtual void client_disconnected(const client&) {}

    // Any event but authenticate, join, leave and heartbeat.
    virtual void message(const cresset::message& received) = 0;

    // The key exchange; asked for only if has_handshake says so.
    virtual bool has_handshake() const noexcept { return false; }
    virtual void handshake(const handshake_request&, reply<handshake_result>) {}

    // What an encrypted client gets in place of a message; asked for only if has_transform says so.
    virtual bool has_transform() const noexcept { return false; }
    virtual void transform(const outbound_message&, reply<replacement>) {}

protected:
    ~application() = default;
};

} // namespace cresset::hub
