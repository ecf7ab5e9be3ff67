#pragma once

#include <chrono>
#include <cresset/constants.hpp>
#include <cresset/limits.hpp>
#include <cresset/log.hpp>
#include <cresset/redis.hpp>
#include <cresset/slow_client.hpp>
#include <cresset/tls.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cresset {

enum class encryption_mode : std::uint8_t
{
    off,
    optional, // for clients that bring a key
    required, // clients that bring none are closed with 4004
};

// How a server behaves. The defaults are the reference's where it has the option.
struct server_options
{
    // The server's name in its log: in the lines that say that it has started and stopped.
    std::string identifier = "cresset";

    // Where it listens; port 0 takes a free one.
    std::string host = "127.0.0.1";
    std::uint16_t port = 3000;

    // With certificates, all of the port speaks TLS: https and wss.
    tls_options tls = {};

    // Path of the WebSocket. Others are http()'s.
    std::string path{defaults::path};

    // Pages that may open the WebSocket, by their origin: scheme://host[:port], with * in place of
    // the first label, of the port, or of all ("https://*.example.com", "http://localhost:*", "*").
    // Empty: those of the host that they connect to. Programs are no pages, and send no Origin;
    // require_origin refuses them. See docs/proxies.md.
    std::vector<std::string> origins = {};
    bool require_origin = false;

    // Proxies in front: addresses, ranges such as "10.0.0.0/8", or "loopback". The X-Forwarded-For
    // of their requests tells where a client is.
    std::vector<std::string> trusted_proxies = {};

    // Each connection begins with a PROXY header, of version 1 or 2, which tells the same. Those
    // that don't, and those of anybody but trusted_proxies, are closed.
    bool proxy_protocol = false;

    // Threads, each with its own share of the clients, up to 64; 0: one a core.
    unsigned threads = 0;

    // Rooms that every authenticated client is in.
    std::vector<std::string> default_rooms{std::string(defaults::room),
                                           std::string(defaults::notification_room)};

    // From connecting to the whole request that opens the WebSocket, or to any other; TLS and a
    // PROXY header are part of it, and bytes that trickle in don't move it.
    std::chrono::milliseconds handshake_timeout = std::chrono::seconds(10);

    // From the upgrade to `authenticate`; three times this from there to `connected`.
    std::chrono::milliseconds auth_timeout = defaults::auth_timeout;

    // How often silent clients are looked for, and how long one may send no message.
    std::chrono::milliseconds heartbeat_interval = defaults::heartbeat_interval;
    std::chrono::milliseconds heartbeat_timeout = defaults::heartbeat_timeout;

    // Most outbound transforms under way at once, on each thread: they may cost much memory.
    std::size_t encrypted_batch_limit = defaults::encrypted_batch_limit;

    // How long one of them may take. Then the message is lost to that client, and counted.
    std::chrono::milliseconds outbound_transform_timeout = std::chrono::seconds(5);

    // Encryption of each client's session (PROTOCOL.md, section 3; docs/encryption.md). Those that
    // bring a `publicKey` in their credentials are told a key and a salt in `connected`, and from
    // there on all that they are sent is encrypted, and what they send may be.
    encryption_mode encryption = encryption_mode::off;

    // PEM file with the server's private key of P-256, for clients that know its public half.
    // Empty: a new one each time that a server is made.
    std::string encryption_key_file = {};

    // The reference's name for encryption_mode::required. With handlers::handshake the program
    // makes the key exchange instead, and encrypts by handlers::outbound_transform alone: without
    // that, a warning is logged at the start.
    bool require_encryption = false;

    // permessage-deflate (RFC 7692; docs/compression.md), for clients that offer it. What is
    // encrypted is never compressed.
    bool permessage_deflate = false;

    // Bytes of a message; one of fewer is sent as it is, because it would hardly get smaller.
    std::size_t deflate_threshold = 256;

    // Compress what a client is sent with what it was sent before, unless it asks not to. Without,
    // a message is compressed once for all clients; with it, once for each, and each takes up to
    // 320 KB of memory from its first compressed messages on.
    bool deflate_context_takeover = false;

    // Bytes of a client's message; a larger one closes it with 1009.
    std::size_t max_payload_length = defaults::max_payload_length;

    // A peer that is silent for this long, pongs included, is dropped; 0: never.
    std::chrono::milliseconds idle_timeout = defaults::idle_timeout;

    // Ping a peer that was silent for half of idle_timeout, so that a quiet one isn't dropped.
    bool send_pings = defaults::send_pings;

    // Bytes that may wait to be sent to one client, and to all clients that are slow together. What
    // becomes of a message that would pass it is slow_clients', or event_policies' for its event;
    // every loss is counted, and told to clients with the capability `gap`.
    std::size_t backpressure_limit = defaults::backpressure_limit;
    std::size_t backpressure_limit_total = 1'073'741'824;
    slow_client_policy slow_clients = slow_client_policy::drop_newest;
    std::vector<event_policy> event_policies = {};

    // The reference's name for slow_client_policy::close as the policy for all.
    bool close_on_backpressure_limit = false;

    // Whether server::publish also reaches the client on whose behalf it publishes.
    bool publish_to_self = defaults::publish_to_self;

    // What strangers may take.
    cresset::limits limits = {};

    // Where this server meets others; without, it is alone.
    redis_options redis = {};

    // Lines go to standard error.
    cresset::log_level log_level = cresset::log_level::info;
    cresset::log_format log_format = cresset::log_format::text;
};

} // namespace cresset
