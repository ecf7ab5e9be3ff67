#include "server/server.hpp"

#include "hub/shard.hpp"
#include "server/demo_page.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace cresset::server {
namespace {

std::vector<int> listen_or_explain(net::endpoint& at, unsigned count)
{
    try {
        return net::open_listeners(at, count);
    } catch (const std::system_error& error) {
        throw std::runtime_error("cannot listen on " + at.to_string() + ": " +
                                 error.code().message());
    }
}

} // namespace

server::server(server_options options, base::log& log)
    : options_(std::move(options)), log_(log),
      endpoint_(net::endpoint::resolve(options_.host, options_.port)),
      listening_(listen_or_explain(endpoint_, options_.threads)),
      routes_([this](const http::request& asked, std::string_view what) {
          log_.error("a request's handler failed", {{"path", asked.path()}, {"error", what}});
      }),
      service_{.routes = routes_, .websocket_path = options_.websocket_path},
      app_(options_.rules, log), hub_(options_.clients, app_, broker_, log, options_.threads)
{
    app_.set_hub(hub_);
    add_routes();
    for (unsigned i = 0; i < options_.threads; ++i) {
        auto made = std::make_unique<worker>();
        hub::shard& shard = hub_.add_shard(i, made->connections());
        made->serve(
            listening_[i], service_,
            [&shard](net::connection& c, std::span<char> rest) { shard.accept(c, rest); }, log);
        workers_.push_back(std::move(made));
    }
}

server::~server()
{
    stop(std::chrono::milliseconds(0));
    wait();
}

void server::start()
{
    for (const auto& w : workers_)
        w->start();
}

std::string server::url() const
{
    return "http://" + endpoint_.to_string() + "/";
}

void server::stop(std::chrono::milliseconds deadline)
{
    for (unsigned i = 0; i < workers_.size(); ++i)
        workers_[i]->stop(deadline, [&shard = hub_.at(i)] {
            shard.close_all(ws::close_code::going_away, "Server shutting down");
        });
}

bool server::stopped() const noexcept
{
    return std::all_of(workers_.begin(), workers_.end(),
                       [](const auto& w) { return w->stopped(); });
}

void server::wait()
{
    for (const auto& w : workers_)
        w->join();
}

void server::add_routes()
{
    add_demo_page(routes_,
                  {options_.websocket_path, options_.rules.join, options_.rules.publish});
    routes_.add("GET", "/healthz", [](const http::request&) {
        return http::response{.content_type = "application/json",
                              .body = "{\"status\":\"ok\"}\n",
                              .headers = {{"Cache-Control", "no-store"}}};
    });
}

} // namespace cresset::server
