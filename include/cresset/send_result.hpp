#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cresset {

// How far a message goes.
enum class reach : std::uint8_t
{
    node,  // the clients of this server
    fleet, // and those of every other node
};

// What became of a call that sends.
enum class send_status : std::uint8_t
{
    sent,        // on its way to at least one client here, or handed to the other nodes
    nobody,      // nobody here to give it to, and it was not for other nodes
    dropped,     // too much is on its way already, within this process
    invalid,     // data that is no JSON, or for `send` nothing to send: nothing was sent
    not_running, // the server has not started, or has stopped
};

struct send_result
{
    send_status status = send_status::nobody;

    // Clients of this node that it is on its way to. One that reads too slowly may still lose it:
    // the counters tell.
    std::size_t recipients = 0;

    // Whether the other nodes were told, where the call asked for it.
    bool published = false;

    explicit operator bool() const noexcept { return status == send_status::sent; }
};

constexpr std::string_view name_of(send_status status) noexcept
{
    switch (status) {
    case send_status::sent:
        return "sent";
    case send_status::nobody:
        return "nobody";
    case send_status::dropped:
        return "dropped";
    case send_status::invalid:
        return "invalid";
    case send_status::not_running:
        return "not running";
    }
    return "unknown";
}

} // namespace cresset
