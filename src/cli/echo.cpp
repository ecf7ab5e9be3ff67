// cresset-echo: sends every message back as it was, over the production listener, handshake, codec
// and queue, without the event protocol. Public conformance suites for RFC 6455 run against it.

#include "base/log.hpp"
#include "base/slab.hpp"
#include "cli/descriptors.hpp"
#include "cli/exit_status.hpp"
#include "cli/signals.hpp"
#include "cli/tls_flags.hpp"
#include "cli/units.hpp"
#include "hub/counters.hpp"
#include "hub/deflating_tools.hpp"
#include "hub/websocket.hpp"
#include "net/endpoint.hpp"
#include "net/listener.hpp"
#include "serve/worker.hpp"
#include "ws/frame_writer.hpp"

#include <CLI/CLI.hpp>

#include <atomic>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <optional>

namespace cresset::cli {
namespace {

// Over this much unsent, nothing more is read: an echo drops nothing, so the sender has to wait.
constexpr std::size_t unsent_bytes_max = 1024 * 1024;

class echo_session;
using echo_sessions = base::slab<echo_session>;

class echo_session final : public hub::websocket
{
public:
    echo_session(echo_sessions::handle self, echo_sessions& all, net::connection& c,
                 const ws::decoder_limits& limits, hub::deflating_tools& tools,
                 ws::deflate_parameters deflate)
        : websocket(c, limits), all_(all), slot_(self.slot), tools_(tools), deflate_(deflate)
    {
        if (deflate.server_keeps_context || deflate.client_keeps_context)
            context_ = std::make_unique<hub::deflate_context>(deflate);
    }

private:
    bool on_message(std::span<char> payload, bool binary) override
    {
        send(frame_of(ws::make_frame(binary ? ws::opcode::binary : ws::opcode::text,
                                     {payload.data(), payload.size()})));
        if (connection().queued_bytes() > unsent_bytes_max)
            connection().pause_until_drained();
        return true;
    }

    ws::inflater* inflating() override
    {
        if (!deflate_.agreed)
            return nullptr;
        return deflate_.client_keeps_context ? &context_->in : &tools_.inflating();
    }

    net::segment_ref frame_of(std::string_view plain)
    {
        net::segment_ref deflated;
        if (deflate_.server_keeps_context && tools_.takes(plain))
            deflated = tools_.frame_of(plain, context_->out);
        else if (deflate_.agreed && !deflate_.server_keeps_context)
            deflated = tools_.frame_of(plain, deflate_.server_window_bits);
        return deflated ? deflated : net::segment::copy_of(plain);
    }

    void on_timeout() override {}
    void on_ended() override {}
    void on_gone() override { all_.destroy(slot_); }

    echo_sessions& all_;
    std::uint32_t slot_;
    hub::deflating_tools& tools_;
    ws::deflate_parameters deflate_;
    std::unique_ptr<hub::deflate_context> context_;
};

struct echo_flags
{
    std::string host = "127.0.0.1";
    std::uint16_t port = 9001;
    tls_flags tls;
    ws::decoder_limits limits{.message_bytes_max = 16 * 1024 * 1024};
    ws::deflate_options deflate{};
};

exit_status run_echo(const echo_flags& flags)
{
    hold_stop_signals();
    raise_descriptor_limit();
    base::log log(base::log_level::info, base::log_format::text);
    const http::router routes;
    const tls_options tls = to_tls_options(flags.tls);
    std::optional<serve::certificates> certificates;
    if (tls.enabled()) {
        certificates.emplace(tls, log);
        certificates->watch();
        hold_hang_ups();
    }
    const serve::http_service service{.routes = routes,
                                      .websocket_path = {},
                                      .tls = certificates ? &*certificates : nullptr,
                                      .origins = {{"*"}, false},
                                      .deflate = flags.deflate};
    hub::counter deflated;
    hub::deflating_tools tools(flags.deflate, deflated);
    net::endpoint at = net::endpoint::resolve(flags.host, flags.port);
    echo_sessions sessions;
    serve::worker worker;
    worker.serve(
        std::move(net::open_listeners(at, 1).front()), service,
        [&](net::connection& c, std::span<char> rest, const base::ip_address&,
            ws::deflate_parameters deflate) {
            echo_session& s = sessions.create(sessions, c, flags.limits, tools, deflate);
            c.set_handler(s);
            s.on_data(rest);
        },
        log);
    worker.start();
    std::printf("cresset-echo is ready: %s://%s/\n", certificates ? "wss" : "ws",
                at.to_string().c_str());
    std::fflush(stdout);
    const auto close_all = [&sessions] {
        sessions.for_each([](echo_session& s, auto) {
            s.close(ws::close_code::going_away, "Server shutting down");
        });
    };
    const auto reload = [&] { certificates->try_to_reload("SIGHUP"); };
    wait_for_stop([&] { worker.stop({.deadline = std::chrono::seconds(2)}, close_all); },
                  [&] { return worker.stopped(); },
                  certificates ? std::function<void()>(reload) : std::function<void()>());
    worker.join();
    return success;
}

} // namespace
} // namespace cresset::cli

int main(int argc, char** argv)
{
    using namespace cresset::cli;

    echo_flags flags;
    CLI::App app{"Sends every WebSocket message back as it was, on any path", "cresset-echo"};
    app.add_option("--host", flags.host, "Address to listen on")->capture_default_str();
    app.add_option("--port", flags.port, "Port to listen on; 0 takes a free one")
        ->capture_default_str();
    add_tls_flags(app, flags.tls);
    add_bytes(app, "--max-message", flags.limits.message_bytes_max, "Largest message");
    app.add_flag("--deflate", flags.deflate.enabled, "Accept permessage-deflate");
    add_bytes(app, "--deflate-threshold", flags.deflate.threshold_bytes,
              "A message of fewer bytes is sent as it is");
    app.add_flag("--deflate-context-takeover", flags.deflate.context_takeover,
                 "Keep contexts for clients that don't ask not to");
    try {
        app.parse(argc, argv);
        return run_echo(flags);
    } catch (const CLI::Success& asked) {
        return app.exit(asked);
    } catch (const CLI::ParseError& error) {
        return refuse(std::string(error.what()) + " (try cresset-echo --help)", "cresset-echo");
    } catch (const std::exception& error) {
        return refuse(error.what(), "cresset-echo");
    }
}
