// Start here. A server inside your program:
//
//     cresset::server server({.port = 3000},
//                            {.authenticate = [](const cresset::authenticate_request& request) {
//                                return cresset::identity("ada");
//                            }});
//     server.run();
//
// options.hpp has what can be set, handlers.hpp what your program decides, payload.hpp what can be
// sent; examples/ has programs of 30 to 80 lines.
#pragma once

#include <chrono>
#include <cresset/client.hpp>
#include <cresset/client_id.hpp>
#include <cresset/constants.hpp>
#include <cresset/crypto.hpp>
#include <cresset/errors.hpp>
#include <cresset/export.hpp>
#include <cresset/handlers.hpp>
#include <cresset/http.hpp>
#include <cresset/options.hpp>
#include <cresset/payload.hpp>
#include <cresset/send_result.hpp>
#include <cresset/stop_plan.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cresset {

struct send_options
{
    std::vector<client_id> exclude = {}; // clients that don't get it
    reach to = reach::node;              // with reach::fleet, send_result::fleet tells how it went
};

// What this server has seen since it was made.
struct server_stats
{
    std::uint64_t clients = 0;       // now, in any state
    std::uint64_t authenticated = 0; // now
    std::uint64_t messages_received = 0;
    std::uint64_t messages_delivered = 0;
    std::uint64_t messages_deflated = 0;    // compressed: one for many counts once on each thread
    std::uint64_t dropped_slow_client = 0;  // the client's queue was full
    std::uint64_t dropped_oldest = 0;       // gave way to newer ones in a full queue
    std::uint64_t dropped_superseded = 0;   // waited, until a newer one of the same key came
    std::uint64_t dropped_queue_memory = 0; // too much waited for all slow clients together
    std::uint64_t dropped_gone = 0;         // waited for a slow client that went
    std::uint64_t dropped_no_event = 0;
    std::uint64_t dropped_transform = 0;         // outbound_transform failed, or never answered
    std::uint64_t dropped_before_encryption = 0; // sent to clients that had no key yet
    std::uint64_t dropped_undecryptable = 0; // `encrypted` of a client that could not be decrypted
    std::uint64_t dropped_in_transit = 0;    // between threads, of which one fell behind
    std::uint64_t refused_joins = 0;
    std::uint64_t tls_failures = 0;    // clients whose TLS handshake failed
    std::uint64_t refused_origins = 0; // WebSockets of pages that are not among the origins
    std::uint64_t refused_proxies = 0; // connections without a good PROXY header of a trusted proxy

    // See limits.
    std::uint64_t refused_connections = 0; // too many were not authenticated
    std::uint64_t refused_upgrades = 0;  // too many clients, in all or of an address, or no memory
    std::uint64_t refused_users = 0;     // clients of a user that had as many as one may
    std::uint64_t closed_over_rate = 0;  // clients that sent more than they may
    std::uint64_t closed_for_memory = 0; // the slowest clients, when memory ran out

    // Whose time was over.
    std::uint64_t timed_out_requests = 0;        // answered 408: the request was not whole
    std::uint64_t timed_out_authentications = 0; // closed with 4001
    std::uint64_t timed_out_heartbeats = 0;      // closed with 4002
    std::uint64_t vanished = 0;                  // dropped: no sign of the peer or of its system

    // The longest that one of the threads was busy before it looked at its clients again.
    std::chrono::microseconds longest_turn{0};

    // With other nodes, over Redis. What this one published: Redis took it, said no, it gave way to
    // newer messages, or the link was lost behind it, so that nobody knows.
    std::uint64_t published = 0;
    std::uint64_t publishes_refused = 0;
    std::uint64_t publishes_dropped = 0;
    std::uint64_t publishes_unconfirmed = 0;
    std::uint64_t publish_queue_bytes = 0; // now
    std::uint64_t received = 0;            // messages of other nodes and emitters
    std::uint64_t received_invalid = 0;    // that were none of the protocol's, and were dropped
    std::uint64_t redis_outages = 0;       // times that Redis went away
};

// A WebSocket server: accepts clients, asks your handlers, and sends.
//
// All calls but the constructor, the destructor, run and http may be made from any thread, and from
// inside handlers. What one thread sends to one client arrives in the order in which it was sent.
class CRESSET_EXPORT server
{
public:
    // Throws option_error for an option that can't work, or a missing `authenticate`, and
    // std::runtime_error with a line for people for TLS certificates that can't be used.
    server(server_options options, handlers callbacks);

    // Stops, if it still runs, and waits for its threads. Not inside a handler.
    ~server();

    server(const server&) = delete;
    server& operator=(const server&) = delete;

    // --- running ---

    // Opens the port and starts the threads; after a stop it does nothing. Throws
    // std::runtime_error with a line for people if the port can't be opened, and std::logic_error
    // the second time.
    void start();

    // start, then wait until somebody calls stop: returns at once if that has happened already.
    // Throws what start does. Not inside a handler.
    void run();

    // Closes every client with 1001 "Server shutting down", gives them until the deadline to
    // answer, and ends the threads. Waits for that; called inside a handler, it returns at once
    // instead. For good: before start, it makes that do nothing; while start is under way, it
    // waits for the end of that first.
    void stop(std::chrono::milliseconds deadline = std::chrono::seconds(5));

    // The same in steps that harm nobody; meanwhile ready() is false. A stop that ends sooner may
    // follow from another thread. Throws option_error for times that are negative or over a day.
    void stop(const stop_plan& plan);

    // After start: "http://127.0.0.1:3000/", with the port that was taken; https with TLS.
    std::string url() const;
    std::uint16_t port() const noexcept;

    const server_options& options() const noexcept;

    // Reads the TLS certificates anew, which happens by itself too within two seconds of a change
    // of their files. Throws std::runtime_error with a line for people if they can't be used: those
    // before stay. Without TLS it does nothing.
    void reload_tls();

    // This node's name among the others: a UUID, made once.
    const std::string& server_id() const noexcept;

    // --- sending ---

    send_result send_to_client(const client_id& client, std::string_view event,
                               const payload& data = {}, const send_options& options = {});

    // To all clients of a user.
    send_result send_to_user(std::string_view user_id, std::string_view event,
                             const payload& data = {}, const send_options& options = {});

    // To the members of a room. Every client is also alone in a room named by its id.
    send_result send_to_room(std::string_view room, std::string_view event,
                             const payload& data = {}, const send_options& options = {});

    // To all authenticated clients.
    send_result broadcast(std::string_view event, const payload& data = {},
                          const send_options& options = {});

    // The reference's send, to this node and the others: no destination is everybody; a client of
    // this node, a room of this node, or else whatever has that name elsewhere. Without data
    // nothing happens. `log` writes a line. `done` is called in a coming turn of one of the
    // server's threads, which says nothing of delivery; not at all if the status is invalid or
    // not_running, or if the server stops first. An exception that leaves it is logged.
    send_result send(std::optional<std::string_view> destination, std::string_view event,
                     const payload& data, std::function<void()> done = {}, bool log = false);

    // To a room on behalf of a member, who doesn't get it unless publish_to_self.
    send_result publish(const client_id& from, std::string_view room, std::string_view event,
                        const payload& data = {}, reach to = reach::fleet);

    // --- clients ---

    // Puts a client of this node into a room, or out of it; false if it isn't there, or the name
    // can't be a room's: an empty one, or one of the form of a client id. Its own room can't be
    // left. As in the reference, a client need not have authenticated to be put into a room, and
    // then gets what is sent there.
    //
    // What this node sends reaches it from now on; what others send, when Redis has taken the
    // subscription, which is when `done` is called, if it returned true: once, on the client's
    // thread in a coming turn, also if the client has gone meanwhile. Clients that join by
    // themselves need no such care: what one says after validate_room has decided waits.
    bool join_room(const client_id& client, std::string_view room, std::function<void()> done = {});
    bool leave_room(const client_id& client, std::string_view room);

    // Closes a client. Throws std::invalid_argument for a code that may not be sent or a reason of
    // over 123 bytes; false if the client isn't there.
    bool disconnect(const client_id& client, std::uint16_t code = close_codes::normal,
                    std::string_view reason = {});

    // From here on, what is sent to this client passes through outbound_transform; without that
    // handler nothing changes but what client_info says. For clients that the server encrypts for
    // by itself: nothing.
    bool enable_client_encryption(const client_id& client);

    // Snapshots: what was true of each thread's clients at one moment.
    std::vector<client_info> clients() const;
    std::optional<client_info> client(const client_id& id) const;
    std::vector<client_info> clients_by_user(std::string_view user_id) const;
    std::vector<client_info> clients_by_room(std::string_view room) const;

    std::size_t client_count() const;
    std::size_t user_client_count(std::string_view user_id) const;
    std::size_t room_client_count(std::string_view room) const;

    server_stats stats() const noexcept;

    // Running, and Redis, if there is one, can be reached.
    bool ready() const noexcept;

    // --- HTTP ---

    // Before start, from one thread at a time: answers GET, POST and so on at an exact path, on the
    // same port. GET answers HEAD too. Throws std::invalid_argument if the path is taken, or the
    // WebSocket's, and std::logic_error once start has been called.
    void http(std::string method, std::string path, cresset::http::handler answer);

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

} // namespace cresset
