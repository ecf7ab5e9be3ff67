#include "cli/serve.hpp"

#include "base/log.hpp"
#include "base/version.hpp"
#include "broker/broker.hpp"
#include "cli/api_flags.hpp"
#include "cli/configure.hpp"
#include "cli/descriptors.hpp"
#include "cli/inherited_socket.hpp"
#include "cli/reload.hpp"
#include "cli/serve_flags.hpp"
#include "cli/signals.hpp"
#include "http/router.hpp"
#include "serve/node.hpp"
#include "serve/redis.hpp"
#include "standalone/application.hpp"
#include "standalone/demo_page.hpp"
#include "standalone/http_api.hpp"
#include "standalone/token_authentication.hpp"

#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace cresset::cli {
namespace {

void log_totals(base::log& log, const hub::totals& t, const serve::front_totals& fronts,
                std::uint64_t refused_tokens)
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
                         {"refused_tokens", refused_tokens},
                         {"refused_origins", fronts.refused_origins},
                         {"refused_proxies", fronts.refused_proxies},
                         {"refused_connections", fronts.refused_connections},
                         {"refused_upgrades", fronts.refused_upgrades},
                         {"closed_over_rate", t.closed_over_rate},
                         {"closed_for_memory", t.closed_for_memory},
                         {"timed_out_requests", fronts.timed_out_requests},
                         {"timed_out_authentications", t.timed_out_authentications},
                         {"timed_out_heartbeats", t.timed_out_heartbeats},
                         {"vanished", t.vanished},
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
    if (flags.auth == "none") // the page comes as whoever its reader says
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

std::unique_ptr<standalone::authentication> make_authentication(const serve_flags& flags,
                                                                base::log& log)
{
    if (flags.auth == "none")
        return std::make_unique<standalone::open_authentication>();
    std::vector<std::string> skipped;
    auto verifier = make_verifier(flags.jwt, skipped);
    for (const std::string& each : skipped)
        log.warn("a key is not used", {{"why", each}});
    return std::make_unique<standalone::token_authentication>(std::move(verifier), flags.jwt.claims,
                                                              log);
}

// Where there are none, a server ends with its terminal, as programs do.
bool has_files_to_reload(const serve_flags& flags)
{
    return flags.options.tls || flags.auth == "jwt" || !flags.config_file.empty();
}

exit_status run_server(serve_flags& flags, const configuration& from,
                       const std::vector<std::string>& args, base::log& log)
{
    hold_stop_signals();
    raise_descriptor_limit();
    http::router routes([&log](const http::request& asked, std::string_view what) {
        log.error("a request's handler failed",
                  {{"path", asked.path()}, {"address", asked.client_address}, {"error", what}});
    });
    std::unique_ptr<broker::broker> broker;
    std::unique_ptr<standalone::authentication> who;
    std::optional<standalone::rules> rules;
    std::optional<standalone::api_keys> keys;
    try {
        complete(flags);
        rules.emplace(flags.rules);
        who = make_authentication(flags, log);
        keys.emplace(make_api_keys(flags.api_keys));
        flags.options.listening_socket = take_inherited_socket();
        if (flags.options.take_over && flags.options.listening_socket)
            throw std::invalid_argument(
                "--take-over is for a port, and systemd has passed a socket: leave one out");
        if (const tls_options tls = to_tls_options(flags.tls); tls.enabled())
            flags.options.tls = std::make_shared<serve::certificates>(tls, log);
        if (has_files_to_reload(flags))
            hold_hang_ups();
        broker = serve::make_broker(flags.redis, log);
    } catch (const std::exception& error) {
        return refuse(error.what());
    }
    standalone::application app(*rules, *who);
    serve::node node(flags.options, app, *broker, routes, log);
    app.set_hub(node.hub());
    auto* const tokens = dynamic_cast<standalone::token_authentication*>(who.get());
    if (tokens)
        tokens->on_expiry([&app, leeway = flags.jwt.leeway](const client_id& client, auto at) {
            app.expire(client, at + leeway);
        });
    add_routes(routes, flags, *broker, node);
    if (!keys->empty())
        standalone::add_http_api(routes, *keys, node.hub(), log);
    if (const std::string& path = flags.options.websocket_path; routes.has_path(path))
        return refuse("--path " + path + " is taken by a page of the server");
    try {
        run_unless_stopped([&node] { node.start(); });
    } catch (const std::exception& error) {
        return refuse(error.what());
    }
    std::printf("Cresset " CRESSET_VERSION " is ready: %s\n", node.url().c_str());
    std::fflush(stdout);
    reloader reloads(args, from, {log, app, tokens, flags.options.tls.get(), flags.jwt.leeway});
    std::function<void()> hung_up;
    if (has_files_to_reload(flags))
        hung_up = [&reloads] { reloads.reload(); };
    wait_for_stop([&] { node.stop(flags.stopping); }, [&] { return node.stopped(); }, hung_up);
    node.wait();
    app.stop();
    log_totals(log, node.hub().count(), node.fronts(), tokens ? tokens->refused() : 0);
    if (!flags.redis.url.empty())
        log_totals(log, broker->counts());
    return success;
}

} // namespace

void add_serve(CLI::App& program, std::vector<std::string> args, exit_status& status)
{
    auto flags = std::make_shared<serve_flags>();
    CLI::App* app = program.add_subcommand("serve", "Run a server until SIGINT or SIGTERM");
    app->footer("Example, a chat that everybody on this machine can use:\n"
                "  cresset serve --join 'public-*' --publish 'public-*'");
    add_serve_flags(*app, *flags);
    app->callback([app, flags, args = std::move(args), &status] {
        const configuration from = configure(*app, flags->config_file);
        if (!from.problems.empty()) {
            for (const std::string& each : from.problems)
                status = refuse(each);
            return;
        }
        base::log log(*base::parse_log_level(flags->log_level),
                      *base::parse_log_format(flags->log_format));
        status = run_server(*flags, from, args, log);
    });
}

} // namespace cresset::cli
