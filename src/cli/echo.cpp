// cresset-echo: sends every message back as it was, over the production listener, handshake, codec
// and queue, without the event protocol. Public conformance suites for RFC 6455 run against it.

#include "base/log.hpp"
#include "base/slab.hpp"
#include "cli/descriptors.hpp"
#include "cli/exit_status.hpp"
#include "cli/signals.hpp"
#include "cli/tls_flags.hpp"
#include "cli/units.hpp"
#include "hub/websocket.hpp"
#include "net/endpoint.hpp"
#include "net/listener.hpp"
#include "serve/worker.hpp"
#include "ws/frame_writer.hpp"

#include <CLI/CLI.hpp>

#include <atomic>
#include <cstdio>
#include <exception>
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
                 const ws::decoder_limits& limits)
        : websocket(c, limits), all_(all), slot_(self.slot)
    {}

private:
    bool on_message(std::span<char> payload, bool binary) override
    {
        send(net::segment::copy_of(ws::make_frame(binary ? ws::opcode::binary : ws::opcode::text,
                                                  {payload.data(), payload.size()})));
        if (connection().queued_bytes() > unsent_bytes_max)
            connection().pause_until_drained();
        return true;
    }
    void on_timeout() override {}
    void on_ended() override {}
    void on_gone() override { all_.destroy(slot_); }

    echo_sessions& all_;
    std::uint32_t slot_;
};

struct echo_flags
{
    std::string host = "127.0.0.1";
    std::uint16_t port = 9001;
    tls_flags tls;
    ws::decoder_limits limits{.message_bytes_max = 16 * 1024 * 1024};
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
    }
    const serve::http_service service{.routes = routes,
                                      .websocket_path = {},
                                      .tls = certificates ? &*certificates : nullptr,
                                      .origins = {{"*"}, false}};
    net::endpoint at = net::endpoint::resolve(flags.host, flags.port);
    echo_sessions sessions;
    serve::worker worker;
    worker.serve(
        std::move(net::open_listeners(at, 1).front()), service,
        [&](net::connection& c, std::span<char> rest, const base::ip_address&) {
            echo_session& s = sessions.create(sessions, c, flags.limits);
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
    wait_for_stop([&] { worker.stop(std::chrono::seconds(0), std::chrono::seconds(2), close_all); },
                  [&] { return worker.stopped(); });
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
