#include "cli/serve_flags.hpp"

#include "cli/api_flags.hpp"
#include "cli/limit_flags.hpp"
#include "cli/policies.hpp"
#include "cli/redis_flags.hpp"
#include "cli/units.hpp"
#include "serve/access.hpp"
#include "serve/encryption.hpp"
#include "serve/server_options.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace cresset::cli {
namespace {

unsigned cores()
{
    return std::clamp(std::thread::hardware_concurrency(), 1U, hub::shards_max);
}

void add_listening(CLI::App& app, serve_flags& flags)
{
    app.add_option("--host", flags.options.host, "Address or name to listen on")
        ->capture_default_str();
    app.add_option("--port", flags.options.port, "Port to listen on; 0 takes a free one")
        ->capture_default_str();
    app.add_option("--path", flags.options.websocket_path, "Path of the WebSocket")
        ->capture_default_str();
    app.add_option("--threads", flags.options.threads,
                   "Threads, each with a share of the clients; 0: one for each core")
        ->check(CLI::Range(0U, hub::shards_max))
        ->capture_default_str();
}

void add_access(CLI::App& app, serve_flags& flags)
{
    app.add_option(
           "--origin", flags.origins,
           "Pages that may open the WebSocket: scheme://host[:port], with * in place of the "
           "first label, of the port, or of all: 'https://*.example.com', "
           "'http://localhost:*', '*'; may be repeated (default: pages of the host that "
           "they connect to). Programs, which send no Origin, may in any case")
        ->delimiter(',')
        ->type_name("PATTERN");
    app.add_flag("--require-origin", flags.require_origin,
                 "Refuse those who send no Origin: all but browsers, and programs that pretend to "
                 "be one");
    app.add_option(
           "--trusted-proxy", flags.trusted_proxies,
           "A proxy in front of this server, by address or range (10.0.0.0/8), or "
           "`loopback`: its X-Forwarded-For is believed; may be repeated (default: nobody's "
           "is)")
        ->delimiter(',')
        ->type_name("ADDRESS");
    app.add_flag("--proxy-protocol", flags.options.proxy_protocol,
                 "Each connection begins with a PROXY header, version 1 or 2, from a "
                 "--trusted-proxy; others are closed");
}

void add_authentication(CLI::App& app, serve_flags& flags)
{
    app.add_option("--auth", flags.auth,
                   "Who may connect. none: everybody, as the user that data.userId names; only on "
                   "loopback addresses. jwt: who has a JSON Web Token, in data.token")
        ->check(CLI::IsMember({"none", "jwt"}))
        ->capture_default_str();
}

void add_rules(CLI::App& app, serve_flags& flags)
{
    app.add_option("--join", flags.rules.join,
                   "Rooms that clients may join, as patterns: public-*,lobby,order:{user_id}:*, "
                   "with the user's id or a claim of the token in braces (default: none)")
        ->delimiter(',')
        ->type_name("PATTERN");
    app.add_option("--deny-join", flags.rules.deny_join, "But not these")
        ->delimiter(',')
        ->type_name("PATTERN");
    app.add_option("--publish", flags.rules.publish,
                   "Rooms whose members may send `publish` to the other members, as patterns "
                   "(default: none)")
        ->delimiter(',')
        ->type_name("PATTERN");
    app.add_option("--deny-publish", flags.rules.deny_publish, "But not these")
        ->delimiter(',')
        ->type_name("PATTERN");
    app.add_flag("--publish-to-self", flags.rules.publish_to_self,
                 "Who publishes is sent the message too, as a member of the room");
    app.add_option("--default-rooms", flags.options.clients.default_rooms,
                   "Rooms that every client is in; an empty value for none")
        ->delimiter(',')
        ->type_name("ROOM")
        ->default_str("ws-default,ws-notification");
}

void add_redis(CLI::App& app, serve_flags& flags)
{
    add_redis_flags(app, flags.redis, "Redis that joins this node to others (default: alone)");
    app.add_option("--redis-subscribe", flags.redis_subscribe,
                   "exact: to what this node holds; pattern: to everything, as the reference does")
        ->check(CLI::IsMember({"exact", "pattern"}))
        ->capture_default_str();
    add_duration(app, "--redis-linger", flags.redis.linger,
                 "How long a channel that nobody needs any more stays subscribed");
}

void add_encryption(CLI::App& app, serve_flags& flags)
{
    app.add_option("--encryption", flags.encryption,
                   "Encryption of each client's session. optional: for those who bring a "
                   "publicKey; required: others are closed with 4004")
        ->check(CLI::IsMember({"off", "optional", "required"}))
        ->capture_default_str();
    app.add_option(
           "--encryption-key", flags.encryption_key,
           "PEM file of the server's private key, of the curve P-256 (default: a new key at "
           "each start)")
        ->type_name("FILE");
}

void add_deflate(CLI::App& app, ws::deflate_options& deflate)
{
    app.add_flag("--deflate", deflate.enabled,
                 "Compress messages by permessage-deflate for clients that offer it");
    add_bytes(app, "--deflate-threshold", deflate.threshold_bytes,
              "A message of fewer bytes is sent as it is");
    app.add_flag("--deflate-context-takeover", deflate.context_takeover,
                 "Compress for each client by itself, with what it was sent before, unless it asks "
                 "not to: up to 320 KB of memory for each");
}

void add_limits(CLI::App& app, serve::node_options& options)
{
    hub::options& clients = options.clients;
    add_duration(app, "--handshake-timeout", options.handshake_timeout,
                 "From connecting to the whole request that opens the WebSocket, TLS included, or "
                 "to any other");
    add_duration(app, "--auth-timeout", clients.auth_timeout,
                 "From the upgrade to `authenticate`; three times this until it is answered");
    add_duration(app, "--heartbeat-interval", clients.heartbeat_interval,
                 "How often silent clients are looked for");
    add_duration(app, "--heartbeat-timeout", clients.heartbeat_timeout,
                 "A client that sends no message for this long is closed");
    add_duration(app, "--idle-timeout", clients.idle_timeout,
                 "A peer that is silent for this long, pongs included, is dropped; 0s: never");
    add_bytes(app, "--max-message", clients.frames.message_bytes_max,
              "Largest message of a client");
    add_bytes(app, "--queue-limit", clients.queue_bytes_max,
              "What may wait to be sent to one client");
    add_bytes(app, "--queue-limit-total", clients.queue_bytes_total_max,
              "What may wait to be sent to all slow clients together");
}

void add_stopping(CLI::App& app, stop_plan& plan)
{
    add_duration(app, "--stop-delay", plan.delay,
                 "On SIGTERM: /readyz says no for so long first, and all else goes on");
    add_duration(app, "--drain", plan.spread,
                 "Then clients are closed one by one with 1012, spread over so long, and told when "
                 "their turn is; 0s: all at once, with 1001");
    add_duration(app, "--stop-timeout", plan.deadline,
                 "Then clients have so long to take what is queued and to answer, and are cut off");
}

void add_slow_clients(CLI::App& app, serve_flags& flags)
{
    app.add_option("--slow-clients", flags.slow_clients,
                   "What becomes of a message for a client whose queue is full. drop-newest: it is "
                   "dropped; drop-oldest: what has waited longest is; keep-latest: the same, and "
                   "newer messages replace waiting ones of the same event and room; close: the "
                   "client is closed with 1013. Each loss is counted, and told to clients with the "
                   "capability `gap`")
        ->check(CLI::IsMember(policy_names()))
        ->capture_default_str();
    app.add_option("--event-policy", flags.event_policies,
                   "The same for one event: price=keep-latest, or price=keep-latest:symbol, where "
                   "messages replace each other if data.symbol is the same too; may be repeated")
        ->delimiter(',')
        ->type_name("EVENT=POLICY[:KEY]");
}

void add_logging(CLI::App& app, serve_flags& flags)
{
    app.add_option("--log-level", flags.log_level, "Least level to log")
        ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}))
        ->capture_default_str();
    app.add_option("--log-format", flags.log_format, "Lines for people or JSON lines")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
}

// What is wrong with them together; empty if nothing is.
std::string check(const serve_flags& flags)
{
    const auto& options = flags.options;
    if (options.websocket_path.empty() || options.websocket_path[0] != '/' ||
        options.websocket_path == "/")
        return "--path must begin with / and name a path, such as /ws";
    if (options.handshake_timeout.count() == 0 || options.clients.auth_timeout.count() == 0 ||
        options.clients.heartbeat_interval.count() == 0 ||
        options.clients.heartbeat_timeout.count() == 0)
        return "--handshake-timeout, --auth-timeout, --heartbeat-interval and "
               "--heartbeat-timeout must be over zero";
    if (options.clients.queue_bytes_total_max == 0)
        return "--queue-limit-total must be over zero";
    if (options.websocket_path.find_first_of("?# ") != std::string::npos)
        return "--path must be a path alone, without a query string: clients may add any";
    if (options.clients.deflate.context_takeover && !options.clients.deflate.enabled)
        return "--deflate-context-takeover is for --deflate, which is off";
    if (!flags.encryption_key.empty() && flags.encryption == "off")
        return "--encryption-key is for --encryption optional or required, which is off";
    const stop_plan& stopping = flags.stopping;
    if (std::max({stopping.delay, stopping.spread, stopping.deadline}) > std::chrono::hours(24))
        return "--stop-delay, --drain and --stop-timeout may be at most a day (24h) each";
    if (options.take_over && options.port == 0)
        return "--take-over needs the --port to take over";
    if (options.proxy_protocol && flags.trusted_proxies.empty())
        return "--proxy-protocol needs --trusted-proxy: the addresses that connections may come "
               "from";
    if (const std::string& path = options.websocket_path;
        path == "/healthz" || path == "/readyz" || path.starts_with("/api/"))
        return "--path " + path + " is taken by a page of the server";
    if (flags.auth != "jwt" && has_keys(flags.jwt))
        return "--jwt-secret, --jwt-key and --jwt-jwks are for --auth jwt, which is off";
    return check_limit_flags(options.limits);
}

} // namespace

void add_serve_flags(CLI::App& app, serve_flags& flags)
{
    flags.options.threads = 0;
    app.add_option("--config", flags.config_file,
                   "TOML file with settings, each under the name of its flag, in a table that is "
                   "named below: `cresset config example` prints one. The environment wins over "
                   "it, and flags win over both")
        ->envname("CRESSET_CONFIG")
        ->type_name("FILE");
    app.add_flag("--take-over", flags.options.take_over,
                 "Listen on a port that another cresset serves, and have all new connections: stop "
                 "that one then. (A socket of systemd, LISTEN_FDS, is used by itself)");
    const auto group = [&app](const char* table) { app.option_defaults()->group(table); };
    group("listen");
    add_listening(app, flags);
    group("tls");
    add_tls_flags(app, flags.tls);
    group("access");
    add_access(app, flags);
    group("auth");
    add_authentication(app, flags);
    group("jwt");
    add_jwt_flags(app, flags.jwt);
    group("rooms");
    add_rules(app, flags);
    group("api");
    add_api_flags(app, flags.api_keys);
    group("redis");
    add_redis(app, flags);
    group("encryption");
    add_encryption(app, flags);
    group("deflate");
    add_deflate(app, flags.options.clients.deflate);
    group("limits");
    add_limits(app, flags.options);
    add_limit_flags(app, flags.options.limits);
    group("slow-clients");
    add_slow_clients(app, flags);
    group("stop");
    add_stopping(app, flags.stopping);
    group("log");
    add_logging(app, flags);
}

void complete(serve_flags& flags)
{
    hub::options& clients = flags.options.clients;
    if (flags.options.threads == 0)
        flags.options.threads = cores();
    std::erase(clients.default_rooms, "");
    clients.require_encryption = flags.encryption == "required";
    if (flags.encryption != "off")
        clients.key_agreement = serve::make_key_agreement(flags.encryption_key);
    clients.slow_clients = *parse_policy(flags.slow_clients);
    clients.event_policies = parse_event_policies(flags.event_policies);
    serve::check_policies(clients.event_policies, "--event-policy");
    flags.options.loopback_only = flags.auth == "none";
    flags.options.origins =
        serve::make_origin_rules(flags.origins, flags.require_origin, "--origin");
    flags.options.trusted_proxies =
        serve::make_trusted_proxies(flags.trusted_proxies, "--trusted-proxy");
    flags.redis.subscribe =
        flags.redis_subscribe == "exact" ? redis_subscribe::exact : redis_subscribe::pattern;
    if (std::string wrong = check(flags); !wrong.empty())
        throw std::invalid_argument(wrong);
}

} // namespace cresset::cli
