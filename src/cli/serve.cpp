#include "cli/serve.hpp"

#include "base/log.hpp"
#include "base/version.hpp"
#include "broker/broker.hpp"
#include "cli/descriptors.hpp"
#include "cli/inherited_socket.hpp"
#include "cli/limit_flags.hpp"
#include "cli/policies.hpp"
#include "cli/redis_flags.hpp"
#include "cli/signals.hpp"
#include "cli/tls_flags.hpp"
#include "cli/units.hpp"
#include "http/router.hpp"
#include "serve/access.hpp"
#include "serve/encryption.hpp"
#include "serve/node.hpp"
#include "serve/redis.hpp"
#include "serve/server_options.hpp"
#include "standalone/application.hpp"
#include "standalone/demo_page.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace cresset::cli {
namespace {

struct serve_flags
{
    serve::node_options options;
    tls_flags tls;
    stop_plan stopping;
    standalone::rules rules;
    redis_options redis;
    std::string redis_subscribe = "exact";
    std::vector<std::string> origins;
    bool require_origin = false;
    std::vector<std::string> trusted_proxies;
    std::string auth = "none";
    std::string encryption = "off";
    std::string encryption_key;
    std::string slow_clients = "drop-newest";
    std::vector<std::string> event_policies;
    std::string log_level = "info";
    std::string log_format = "text";
};

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
    app.add_option("--threads", flags.options.threads, "Threads, each with a share of the clients")
        ->check(CLI::Range(1U, hub::shards_max))
        ->capture_default_str();
}

void add_hand_over(CLI::App& app, serve::node_options& options)
{
    app.add_flag("--take-over", options.take_over,
                 "Listen on a port that another cresset serves, and have all new connections: stop "
                 "that one then. (A socket of systemd, LISTEN_FDS, is used by itself)");
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

void add_rules(CLI::App& app, serve_flags& flags)
{
    app.add_option("--auth", flags.auth,
                   "Who may connect. none: everybody, as the user that data.userId names; only on "
                   "loopback addresses")
        ->check(CLI::IsMember({"none"}))
        ->capture_default_str();
    app.add_option("--join", flags.rules.join,
                   "Rooms that clients may join, as patterns: public-*,lobby (default: none)")
        ->delimiter(',')
        ->type_name("PATTERN");
    app.add_option("--publish", flags.rules.publish,
                   "Rooms whose members may send `publish` to the other members, as patterns "
                   "(default: none)")
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

// What is wrong with the flags together; empty if nothing is.
std::string check(const serve_flags& flags, const http::router& routes)
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
    if (options.take_over && options.listening_socket)
        return "--take-over is for a port, and systemd has passed a socket: leave one out";
    if (options.proxy_protocol && flags.trusted_proxies.empty())
        return "--proxy-protocol needs --trusted-proxy: the addresses that connections may come "
               "from";
    if (std::string wrong = check_limit_flags(options.limits); !wrong.empty())
        return wrong;
    if (routes.has_path(options.websocket_path))
        return "--path " + options.websocket_path + " is taken by a page of the server";
    return {};
}

void log_totals(base::log& log, const hub::totals& t, const serve::front_totals& fronts)
{
    log.info("stopped", {{"messages_received", t.messages_received},
                         {"messages_delivered", t.messages_delivered},
                         {"messages_deflated", t.messages_deflated},
                         {"dropped_slow_client", t.dropped_slow_client},
                         {"dropped_oldest", t.dropped_oldest},
                         {"dropped_superseded", t.dropped_superseded},
                         {"dropped_queue_memory", t.dropped_queue_memory},
                         {"dropped_gone", t.dropped_gone},
                         {"dropped_no_event", t.dropped_no_event},
                         {"dropped_undecryptable", t.dropped_undecryptable},
                         {"dropped_in_transit", t.dropped_in_transit},
                         {"refused_joins", t.refused_joins},
                         {"refused_users", t.refused_users},
                         {"refused_origins", fronts.refused_origins},
                         {"refused_proxies", fronts.refused_proxies},
                         {"refused_connections", fronts.refused_connections},
                         {"refused_upgrades", fronts.refused_upgrades},
                         {"closed_over_rate", t.closed_over_rate},
                         {"closed_for_memory", t.closed_for_memory},
                         {"log_lines_lost", log.lost()},
                         {"longest_turn_us", t.longest_turn.count()}});
}

void log_totals(base::log& log, const broker::broker_counts& c)
{
    log.info("left Redis", {{"published", c.taken},
                            {"publishes_refused", c.refused},
                            {"publishes_dropped", c.dropped},
                            {"publishes_unconfirmed", c.unconfirmed},
                            {"received", c.received},
                            {"received_own", c.own},
                            {"received_invalid", c.invalid},
                            {"outages", c.outages},
                            {"outage_ms", c.outage_ms}});
}

void add_routes(http::router& routes, const serve_flags& flags, const broker::broker& others,
                const serve::node& node)
{
    standalone::add_demo_page(
        routes, {flags.options.websocket_path, flags.rules.join, flags.rules.publish});
    routes.add("GET", "/healthz", [](const http::request&) {
        return http::response{.content_type = "application/json",
                              .body = "{\"status\":\"ok\"}\n",
                              .headers = {{"Cache-Control", "no-store"}}};
    });
    const bool alone = flags.redis.url.empty();
    routes.add("GET", "/readyz", [&others, &node, alone](const http::request&) {
        const bool redis = others.ready();
        const bool ready = redis && !node.stopping();
        std::string body = R"({"status":")";
        body += node.stopping() ? "stopping" : ready ? "ready" : "not ready";
        body += '"';
        if (!alone)
            body += redis ? R"(,"redis":"up")" : R"(,"redis":"down")";
        return http::response{.status = ready ? 200U : 503U,
                              .content_type = "application/json",
                              .body = body + "}\n",
                              .headers = {{"Cache-Control", "no-store"}}};
    });
}

exit_status run_server(serve_flags& flags, base::log& log)
{
    hold_stop_signals();
    raise_descriptor_limit();
    std::erase(flags.options.clients.default_rooms, "");
    flags.options.clients.require_encryption = flags.encryption == "required";
    flags.options.loopback_only = flags.auth == "none";
    http::router routes([&log](const http::request& asked, std::string_view what) {
        log.error("a request's handler failed",
                  {{"path", asked.path()}, {"address", asked.client_address}, {"error", what}});
    });
    flags.redis.subscribe =
        flags.redis_subscribe == "exact" ? redis_subscribe::exact : redis_subscribe::pattern;
    hub::options& clients = flags.options.clients;
    std::unique_ptr<broker::broker> broker;
    try {
        flags.options.listening_socket = take_inherited_socket();
        if (const tls_options tls = to_tls_options(flags.tls); tls.enabled()) {
            flags.options.tls = std::make_shared<serve::certificates>(tls, log);
            hold_hang_ups();
        }
        clients.slow_clients = *parse_policy(flags.slow_clients);
        clients.event_policies = parse_event_policies(flags.event_policies);
        serve::check_policies(clients.event_policies, "--event-policy");
        flags.options.origins =
            serve::make_origin_rules(flags.origins, flags.require_origin, "--origin");
        flags.options.trusted_proxies =
            serve::make_trusted_proxies(flags.trusted_proxies, "--trusted-proxy");
        broker = serve::make_broker(flags.redis, log);
        if (flags.encryption != "off")
            flags.options.clients.key_agreement = serve::make_key_agreement(flags.encryption_key);
    } catch (const std::exception& error) {
        return refuse(error.what());
    }
    standalone::application app(flags.rules);
    serve::node node(flags.options, app, *broker, routes, log);
    app.set_hub(node.hub());
    add_routes(routes, flags, *broker, node);
    if (const std::string wrong = check(flags, routes); !wrong.empty())
        return refuse(wrong);
    try {
        run_unless_stopped([&node] { node.start(); });
    } catch (const std::exception& error) {
        return refuse(error.what());
    }
    std::printf("Cresset " CRESSET_VERSION " is ready: %s\n", node.url().c_str());
    std::fflush(stdout);
    const auto reload_tls = [&] { flags.options.tls->try_to_reload("SIGHUP"); };
    wait_for_stop([&] { node.stop(flags.stopping); }, [&] { return node.stopped(); },
                  flags.options.tls ? std::function<void()>(reload_tls) : std::function<void()>());
    node.wait();
    log_totals(log, node.hub().count(), node.fronts());
    if (!flags.redis.url.empty())
        log_totals(log, broker->counts());
    return success;
}

} // namespace

void add_serve(CLI::App& program, exit_status& status)
{
    auto flags = std::make_shared<serve_flags>();
    flags->options.threads = cores();
    CLI::App* app = program.add_subcommand("serve", "Run a server until SIGINT or SIGTERM");
    app->footer("Example, a chat that everybody on this machine can use:\n"
                "  cresset serve --join 'public-*' --publish 'public-*'");
    add_listening(*app, *flags);
    add_hand_over(*app, flags->options);
    add_tls_flags(*app, flags->tls);
    add_access(*app, *flags);
    add_rules(*app, *flags);
    add_redis(*app, *flags);
    add_encryption(*app, *flags);
    add_deflate(*app, flags->options.clients.deflate);
    add_limits(*app, flags->options);
    add_limit_flags(*app, flags->options.limits);
    add_slow_clients(*app, *flags);
    add_stopping(*app, flags->stopping);
    add_logging(*app, *flags);
    app->callback([flags, &status] {
        base::log log(*base::parse_log_level(flags->log_level),
                      *base::parse_log_format(flags->log_format));
        status = run_server(*flags, log);
    });
}

} // namespace cresset::cli
