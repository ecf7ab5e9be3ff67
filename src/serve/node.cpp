#include "serve/node.hpp"

#include "hub/shard.hpp"
#include "net/descriptor_table.hpp"
#include "net/listener_group.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace cresset::serve {
namespace {

node_options with_limits(node_options options)
{
    const limits& given = options.limits;
    hub::options& clients = options.clients;
    clients.rates = {given.messages_per_second, static_cast<std::uint32_t>(given.bytes_per_second)};
    clients.clients_an_address_max = given.clients_per_address;
    clients.clients_a_user_max = given.clients_per_user;
    clients.clients_a_room_max = given.clients_per_room;
    clients.rooms_a_client_max = given.rooms_per_client;
    clients.first_frames.message_bytes_max =
        std::min(given.unauthenticated_message_bytes, clients.frames.message_bytes_max);
    clients.unacknowledged_timeout = given.unacknowledged_timeout;
    return options;
}

// Of a limit for the process, so much for each thread.
std::uint32_t share_of(std::uint32_t all, unsigned threads) noexcept
{
    return (all + threads - 1) / threads;
}

std::vector<const front_counters*> counters_of(const std::vector<std::unique_ptr<worker>>& workers)
{
    std::vector<const front_counters*> found;
    for (const auto& w : workers)
        found.push_back(&w->counters());
    return found;
}

std::vector<std::unique_ptr<worker>> make_workers(unsigned count)
{
    std::vector<std::unique_ptr<worker>> made;
    while (made.size() < count)
        made.push_back(std::make_unique<worker>());
    return made;
}

} // namespace

node::node(node_options options, hub::application& app, broker::broker& nodes,
           const http::router& routes, base::log& log)
    : options_(with_limits(std::move(options))),
      log_(log),
      broker_(nodes),
      service_{.routes = routes,
               .websocket_path = options_.websocket_path,
               .limits = {.head_bytes_max = options_.limits.request_head_bytes,
                          .body_bytes_max = options_.limits.request_body_bytes},
               .tls = options_.tls.get(),
               .origins = options_.origins,
               .trusted_proxies = options_.trusted_proxies,
               .proxy_protocol = options_.proxy_protocol,
               .request_timeout = options_.handshake_timeout,
               .deflate = options_.clients.deflate,
               .admission = &admission_,
               .accepts_per_second =
                   share_of(options_.limits.accepts_per_second, options_.threads)},
      hub_(options_.clients, app, nodes, log, options_.threads),
      placement_(options_.threads),
      workers_(make_workers(options_.threads)),
      admission_(options_.limits, hub_, counters_of(workers_))
{
    for (unsigned i = 0; i < options_.threads; ++i)
        hub_.add_shard(i, workers_[i]->connections());
}

node::~node()
{
    stop({.deadline = std::chrono::milliseconds(0)});
    wait();
    hub_.sever();
}

void node::start()
{
    std::vector<net::owned_socket> listening;
    if (options_.listening_socket)
        listening = net::share_listener(net::owned_socket(*options_.listening_socket),
                                        options_.threads, endpoint_);
    else
        endpoint_ = net::endpoint::resolve(options_.host, options_.port);
    if (options_.loopback_only && !endpoint_.is_loopback())
        throw std::runtime_error(
            "everybody may come in without authentication, so listening on " +
            (options_.listening_socket ? endpoint_.to_string() : options_.host) +
            " is refused: choose a loopback address, such as 127.0.0.1");
    net::reserve_descriptors();
    if (options_.tls)
        options_.tls->watch();
    broker_.start();
    joined_ = true;
    if (listening.empty())
        listening = listen();
    if (const auto timeout = options_.limits.unacknowledged_timeout; timeout.count() != 0)
        net::set_peer_timeout(listening, timeout);
    for (unsigned i = 0; i < options_.threads; ++i) {
        hub::shard& shard = hub_.at(i);
        workers_[i]->serve(
            std::move(listening[i]), service_,
            [&shard](net::connection& c, std::span<char> rest, const base::ip_address& from,
                     ws::deflate_parameters deflate) { shard.accept(c, rest, from, deflate); },
            log_);
    }
    if (options_.threads > 1)
        for (unsigned i = 0; i < options_.threads; ++i)
            workers_[i]->balance(placement_, i, workers_);
    const std::size_t memory = options_.limits.memory_bytes;
    memory_guard_.emplace(memory != 0 ? memory : cgroup_memory_bytes(), workers_.front()->loop(),
                          admission_, log_, [this] { shed(); });
    hub_.start();
    started_ = true;
    for (const auto& w : workers_)
        w->start();
}

std::vector<net::owned_socket> node::listen()
{
    try {
        if (!options_.take_over)
            return net::open_listeners(endpoint_, options_.threads);
        const unsigned others = net::count_listeners(endpoint_);
        auto opened = net::open_more_listeners(endpoint_, options_.threads);
        if (others > 0)
            net::steer_connections(opened.front().get(), others, options_.threads);
        log_.info(others > 0 ? "took over the port" : "nobody was there to take over from",
                  {{"sockets_of_others", others}});
        return opened;
    } catch (const std::system_error& error) {
        throw std::runtime_error("cannot listen on " + endpoint_.to_string() + ": " +
                                 error.code().message());
    }
}

std::string node::url() const
{
    return (options_.tls ? "https://" : "http://") + endpoint_.to_string() + "/";
}

void node::reload_tls()
{
    if (options_.tls)
        options_.tls->reload();
}

void node::stop(const stop_plan& plan)
{
    if (!started_)
        return;
    stopping_ = true;
    for (unsigned i = 0; i < workers_.size(); ++i)
        workers_[i]->stop(plan, [this, i, spread = plan.spread] {
            hub::shard& shard = hub_.at(i);
            if (spread.count() > 0) {
                shard.depart(spread); // the hub stops when all have gone: see wait
                return;
            }
            hub_.stop();
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
    hub_.stop();
    hub_.sever();
    broker_.stop();
}

front_totals node::fronts() const noexcept
{
    front_totals all;
    for (const auto& w : workers_)
        all += w->counters();
    return all;
}

void node::shed()
{
    for (unsigned i = 0; i < options_.threads; ++i)
        hub_.at(i).run([this, i] { hub_.at(i).shed(); });
}

bool node::in_worker_thread() const noexcept
{
    return std::any_of(workers_.begin(), workers_.end(),
                       [](const auto& w) { return w->loop().in_loop_thread(); });
}

} // namespace cresset::serve
