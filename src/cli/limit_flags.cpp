#include "cli/limit_flags.hpp"

#include "cli/units.hpp"

#include <chrono>
#include <limits>

namespace cresset::cli {
namespace {

template <typename Number>
void add_count(CLI::App& app, const std::string& name, Number& value,
               const std::string& description)
{
    app.add_option(name, value, description)->capture_default_str();
}

} // namespace

void add_limit_flags(CLI::App& app, limits& values)
{
    add_count(app, "--max-clients", values.clients,
              "WebSockets at a time; others are answered 503. 0: as many as there are descriptors");
    add_count(
        app, "--max-clients-per-address", values.clients_per_address,
        "The same of one address, but loopback; others are answered 429. 0: any number. Behind "
        "a proxy all have its address, unless it is a --trusted-proxy");
    add_count(app, "--max-clients-per-user", values.clients_per_user,
              "The same of one user; others are closed with 1008. 0: any number");
    add_count(app, "--max-unauthenticated", values.unauthenticated,
              "Connections at a time that are no authenticated client, from the TCP handshake on; "
              "others are closed. 0: any number");
    add_bytes(app, "--max-unauthenticated-message", values.unauthenticated_message_bytes,
              "Largest message of a client that is not authenticated yet");
    add_count(app, "--accepts-per-second", values.accepts_per_second,
              "New connections; others wait. 0: any number");
    add_count(
        app, "--messages-per-second", values.messages_per_second,
        "Messages of one client, and ten times as many at once; who sends more gets an `error`, "
        "and if it goes on is closed with 1008. 0: any number");
    add_bytes(app, "--bytes-per-second", values.bytes_per_second, "The same in bytes");
    add_count(app, "--max-rooms-per-client", values.rooms_per_client,
              "Rooms that a client may be in by its own wish");
    add_count(app, "--max-clients-per-room", values.clients_per_room,
              "Clients of this node that may be in a room by their own wish. 0: any number");
    add_bytes(app, "--max-request-head", values.request_head_bytes,
              "Request line and headers; larger ones are answered 431");
    add_bytes(app, "--max-request-body", values.request_body_bytes,
              "Body of a request; larger ones are answered 413");
    add_duration(app, "--unacknowledged-timeout", values.unacknowledged_timeout,
                 "A peer whose system acknowledges nothing for this long, though it should, is "
                 "dropped; 0s: when the kernel gives up");
    add_bytes(
        app, "--memory-limit", values.memory_bytes,
        "Memory of the process: at 80% nobody new comes in, at 90% the slowest clients are cut "
        "off. 0: the limit of its cgroup, if that has one");
}

std::string check_limit_flags(const limits& values)
{
    if (values.rooms_per_client == 0 || values.unauthenticated_message_bytes == 0 ||
        values.request_head_bytes == 0 || values.request_body_bytes == 0)
        return "--max-rooms-per-client, --max-unauthenticated-message, --max-request-head and "
               "--max-request-body must be over zero";
    if (values.bytes_per_second > std::numeric_limits<std::uint32_t>::max())
        return "--bytes-per-second must be under 4GiB";
    const auto timeout = values.unacknowledged_timeout;
    if (timeout.count() != 0 &&
        (timeout < std::chrono::seconds(1) || timeout > std::chrono::hours(1)))
        return "--unacknowledged-timeout must be 0s, or from 1s to 1h";
    return {};
}

} // namespace cresset::cli
