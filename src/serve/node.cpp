#include "serve/node.hpp"

#include "hub/shard.hpp"
#include "net/descriptor_table.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace cresset::serve {
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

node::node(node_options options, hub::application& app, broker::broker& nodes,
           const http::router& routes, base::log& log)
    : options_(std::move(options)),
      log_(log),
      broker_(nodes),
      service_{.routes = routes,
               .websocket_path = options_.websocket_path,
               .deflate = options_.clients.deflate},
      hub_(options_.clients, app, nodes, log, options_.threads)
{
    for (unsigned i = 0; i < options_.threads; ++i) {
        workers_.push_back(std::make_unique<worker>());
        hub_.add_shard(i, workers_.back()->connections());
    }
}

node::~node()
{
    stop(std::chrono::milliseconds(0));
    wait();
    hub_.sever();
}

void node::start()
{
    endpoint_ = net::endpoint::resolve(options_.host, options_.port);
    if (options_.loopback_only && !endpoint_.is_loopback())
        throw std::runtime_error("everybody may come in without authentication, so listening on " +
                                 options_.host +
                                 " is refused: choose a loopback address, such as 127.0.0.1");
    net::reserve_descriptors();
    broker_.start();
    joined_ = true;
    const std::vector<int> listening = listen_or_explain(endpoint_, options_.threads);
    for (unsigned i = 0; i < options_.threads; ++i) {
        hub::shard& shard = hub_.at(i);
        workers_[i]->serve(
            listening[i], service_,
            [&shard](net::connection& c, std::span<char> rest, ws::deflate_parameters deflate) {
                shard.accept(c, rest, deflate);
            },
            log_);
    }
    hub_.start();
    for (const auto& w : workers_)
        w->start();
}

std::string node::url() const
{
    return "http://" + endpoint_.to_string() + "/";
}

void node::stop(std::chrono::milliseconds deadline)
{
    if (!hub_.stop())
        return;
    for (unsigned i = 0; i < workers_.size(); ++i)
        workers_[i]->stop(deadline, [&shard = hub_.at(i)] {
            shard.close_all(ws::close_code::going_away, "Server shutting down");
        });
}

bool node::stopped() const noexcept
{
    return std::all_of(workers_.begin(), workers_.end(),
                       [](const auto& w) { return w->stopped(); });
}

void node::wait()
{
    for (const auto& w : workers_)
        w->join();
    if (!std::exchange(joined_, false))
        return;
    hub_.sever();
    broker_.stop();
}

bool node::in_worker_thread() const noexcept
{
    return std::any_of(workers_.begin(), workers_.end(),
                       [](const auto& w) { return w->loop().in_loop_thread(); });
}

} // namespace cresset::serve
