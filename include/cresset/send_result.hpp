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

// What became of a message for the other nodes.
enum class fleet_status : std::uint8_t
{
    not_asked, // the call was for this node alone
    no_others, // there are no other nodes
    handed,    // on its way to them
    waiting,   // they can't be reached now: it waits until they can, and may be lost
    lost,      // they can't be reached now, or too much waits already
};

// What became of a call that sends.
enum class send_status : std::uint8_t
{
    sent,        // on its way to at least one client here, or to the other nodes
    nobody,      // nobody here to give it to, and no other node was to get it
    local_only,  // given to those here; the other nodes can't be reached now: see `fleet`
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

    fleet_status fleet = fleet_status::not_asked;

    // Whether nothing is known to be wrong, and there was anybody to send to.
    explicit operator bool() const noexcept { return status == send_status::sent; }
};

constexpr std::string_view name_of(send_status status) noexcept
{
    switch (status) {
    case send_status::sent:
        return "sent";
    case send_status::nobody:
        return "nobody";
    case send_status::local_only:
        return "local only";
    case send_status::dropped:
        return "dropped";
    case send_status::invalid:
        return "invalid";
    case send_status::not_running:
        return "not running";
    }
    return "unknown";
}

constexpr std::string_view name_of(fleet_status status) noexcept
{
    switch (status) {
    case fleet_status::not_asked:
        return "not asked";
    case fleet_status::no_others:
        return "no others";
    case fleet_status::handed:
        return "handed";
    case fleet_status::waiting:
        return "waiting";
    case fleet_status::lost:
        return "lost";
    }
    return "unknown";
}

} // namespace cresset
