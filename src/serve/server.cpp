#include "base/log.hpp"
#include "http/router.hpp"
#include "hub/shard.hpp"
#include "protocol/event.hpp"
#include "serve/callbacks.hpp"
#include "serve/node.hpp"
#include "serve/redis.hpp"
#include "serve/server_options.hpp"

#include <condition_variable>
#include <cresset/server.hpp>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace cresset {
namespace {

using broker::target_kind;

constexpr std::size_t close_reason_bytes_max = 123; // RFC 6455, section 5.5

} // namespace

class server::impl
{
public:
    impl(server_options options, handlers callbacks)
        : options_(checked(std::move(options), callbacks)),
          log_(options_.log_level, options_.log_format),
          app_(std::move(callbacks)),
          routes_([this](const http::request& asked, std::string_view what) {
              log_.error(
                  "a request's handler failed",
                  {{"path", asked.path()}, {"address", asked.client_address}, {"error", what}});
          }),
          broker_(serve::make_broker(options_.redis, log_)),
          node_(serve::to_node_options(options_, log_), app_, *broker_, routes_, log_)
    {}

    void start()
    {
        {
            const std::lock_guard lock(mutex_);
            if (std::exchange(started_, true))
                throw std::logic_error("the server has been started before");
            if (stop_asked_)
                return;
            starting_ = true;
        }
        try {
            node_.start();
            log_.info("server started",
                      {{"identifier", options_.identifier}, {"url", node_.url()}});
            warn_of_plain_text();
        } catch (...) {
            set(starting_, false);
            throw;
        }
        set(serving_, true);
        set(starting_, false);
    }

    void stop(const stop_plan& plan)
    {
        {
            std::unique_lock lock(mutex_);
            stop_asked_ = true;
            // A node that is half started can't be stopped, and the other half would go on.
            changed_.wait(lock, [this] { return !starting_; });
        }
        node_.stop(plan);
        set(stopped_, true);
        if (!node_.in_worker_thread())
            wait();
    }

    void wait_for_stop()
    {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return stopped_; });
        }
        wait();
    }

    // Several threads may wait, but a thread can be joined only once.
    void wait()
    {
        const std::lock_guard join_lock(join_mutex_);
        node_.wait();
        const std::lock_guard lock(mutex_);
        if (std::exchange(serving_, false))
            log_.info("server stopped",
                      {{"identifier", options_.identifier}, {"url", node_.url()}});
    }

    bool started() const
    {
        const std::lock_guard lock(mutex_);
        return started_;
    }

    send_result send(hub::destination to, std::string_view event, const payload& data,
                     const send_options& how)
    {
        if (!data.valid())
            return {send_status::invalid};
        return node_.hub().send(to, {event, data.text()}, how.exclude, how.to);
    }

    // Calls a function of the application on one of the threads, in a coming turn.
    void post_guarded(std::string_view what, std::function<void()> function)
    {
        node_.post([this, what, function = std::move(function)] {
            hub::shard::guarded(function, [&](std::string_view error) {
                log_.error("a handler of the application failed",
                           {{"handler", what}, {"error", error}});
            });
        });
    }

    static server_options checked(server_options options, const handlers& callbacks)
    {
        serve::check_options(options, callbacks);
        return options;
    }

    const server_options options_;
    base::log log_;
    serve::callbacks app_;
    http::router routes_;
    std::unique_ptr<broker::broker> broker_;
    serve::node node_;

private:
    void warn_of_plain_text()
    {
        const hub::application& app = app_;
        if (options_.require_encryption && app.has_handshake() && !app.has_transform())
            log_.warn("clients complete the key exchange, but nothing encrypts what they are sent: "
                      "outbound_transform is missing",
                      {{"identifier", options_.identifier}});
    }

    void set(bool& state, bool value)
    {
        const std::lock_guard lock(mutex_);
        state = value;
        changed_.notify_all();
    }

    mutable std::mutex mutex_; // of these:
    std::condition_variable changed_;
    bool started_ = false;    // start has been called
    bool starting_ = false;   // and is under way
    bool serving_ = false;    // and has succeeded; the end has not been logged yet
    bool stop_asked_ = false; // for good: start then does nothing
    bool stopped_ = false;    // and the node has been told

    std::mutex join_mutex_;
};

server::server(server_options options, handlers callbacks)
    : impl_(std::make_unique<impl>(std::move(options), std::move(callbacks)))
{}

server::~server()
{
    stop(std::chrono::milliseconds(0));
}

void server::start()
{
    impl_->start();
}

void server::run()
{
    impl_->start();
    impl_->wait_for_stop();
}

void server::stop(std::chrono::milliseconds deadline)
{
    stop(stop_plan{.deadline = deadline});
}

void server::stop(const stop_plan& plan)
{
    serve::check_stop_plan(plan);
    impl_->stop(plan);
}

std::string server::url() const
{
    return impl_->node_.url();
}

std::uint16_t server::port() const noexcept
{
    return impl_->node_.port();
}

const server_options& server::options() const noexcept
{
    return impl_->options_;
}

void server::reload_tls()
{
    impl_->node_.reload_tls();
}

const std::string& server::server_id() const noexcept
{
    return impl_->node_.hub().server_id();
}

send_result server::send_to_client(const client_id& to, std::string_view event, const payload& data,
                                   const send_options& options)
{
    return impl_->send({target_kind::client, to.to_string()}, event, data, options);
}

send_result server::send_to_user(std::string_view user_id, std::string_view event,
                                 const payload& data, const send_options& options)
{
    return impl_->send({target_kind::user, user_id}, event, data, options);
}

send_result server::send_to_room(std::string_view room, std::string_view event, const payload& data,
                                 const send_options& options)
{
    return impl_->send({target_kind::room, room}, event, data, options);
}

send_result server::broadcast(std::string_view event, const payload& data,
                              const send_options& options)
{
    return impl_->send({target_kind::broadcast, {}}, event, data, options);
}

send_result server::send(std::optional<std::string_view> destination, std::string_view event,
                         const payload& data, std::function<void()> done, bool log)
{
    if (!data.valid() || event.empty())
        return {send_status::invalid};
    const send_result result = impl_->node_.hub().route(destination, {event, data.text()});
    if (result.status == send_status::invalid || result.status == send_status::not_running)
        return result;
    if (log)
        impl_->log_.info("message sent", {{"destination", destination.value_or("all")},
                                          {"event", event},
                                          {"status", name_of(result.status)},
                                          {"fleet", name_of(result.fleet)}});
    if (done)
        impl_->post_guarded("done", std::move(done));
    return result;
}

send_result server::publish(const client_id& from, std::string_view room, std::string_view event,
                            const payload& data, reach to)
{
    send_options how{.to = to};
    if (!impl_->options_.publish_to_self)
        how.exclude.push_back(from);
    return send_to_room(room, event, data, how);
}

bool server::join_room(const client_id& who, std::string_view room, std::function<void()> done)
{
    return impl_->node_.hub().join(who, room, std::move(done));
}

bool server::leave_room(const client_id& who, std::string_view room)
{
    return impl_->node_.hub().leave(who, room);
}

bool server::disconnect(const client_id& who, std::uint16_t code, std::string_view reason)
{
    if (!close_codes::is_valid(code))
        throw std::invalid_argument("code: " + std::to_string(code) + " may not be sent");
    if (reason.size() > close_reason_bytes_max)
        throw std::invalid_argument("reason: is over 123 bytes");
    return impl_->node_.hub().disconnect(who, ws::close_code{code}, reason);
}

bool server::enable_client_encryption(const client_id& who)
{
    return impl_->node_.hub().encrypt(who);
}

std::vector<client_info> server::clients() const
{
    return impl_->node_.hub().describe({target_kind::broadcast, {}});
}

std::optional<client_info> server::client(const client_id& id) const
{
    std::vector<client_info> found =
        impl_->node_.hub().describe({target_kind::client, id.to_string()});
    if (found.empty())
        return std::nullopt;
    return std::move(found.front());
}

std::vector<client_info> server::clients_by_user(std::string_view user_id) const
{
    return impl_->node_.hub().describe({target_kind::user, user_id});
}

std::vector<client_info> server::clients_by_room(std::string_view room) const
{
    return impl_->node_.hub().describe({target_kind::room, room});
}

std::size_t server::client_count() const
{
    return static_cast<std::size_t>(stats().clients);
}

std::size_t server::user_client_count(std::string_view user_id) const
{
    return impl_->node_.hub().count({target_kind::user, user_id});
}

std::size_t server::room_client_count(std::string_view room) const
{
    return impl_->node_.hub().count({target_kind::room, room});
}

server_stats server::stats() const noexcept
{
    const hub::totals t = impl_->node_.hub().count();
    const serve::front_totals fronts = impl_->node_.fronts();
    const broker::broker_counts others = impl_->broker_->counts();
    return {.clients = t.sessions,
            .authenticated = t.authenticated,
            .messages_received = t.messages_received,
            .messages_delivered = t.messages_delivered,
            .messages_deflated = t.messages_deflated,
            .dropped_slow_client = t.dropped_slow_client,
            .dropped_oldest = t.dropped_oldest,
            .dropped_superseded = t.dropped_superseded,
            .dropped_queue_memory = t.dropped_queue_memory,
            .dropped_gone = t.dropped_gone,
            .dropped_no_event = t.dropped_no_event,
            .dropped_transform = t.dropped_transform,
            .dropped_before_encryption = t.dropped_before_encryption,
            .dropped_undecryptable = t.dropped_undecryptable,
            .dropped_in_transit = t.dropped_in_transit,
            .refused_joins = t.refused_joins,
            .tls_failures = impl_->node_.tls_failures(),
            .refused_origins = fronts.refused_origins,
            .refused_proxies = fronts.refused_proxies,
            .refused_connections = fronts.refused_connections,
            .refused_upgrades = fronts.refused_upgrades,
            .refused_users = t.refused_users,
            .closed_over_rate = t.closed_over_rate,
            .closed_for_memory = t.closed_for_memory,
            .timed_out_requests = fronts.timed_out_requests,
            .timed_out_authentications = t.timed_out_authentications,
            .timed_out_heartbeats = t.timed_out_heartbeats,
            .vanished = t.vanished,
            .longest_turn = t.longest_turn,
            .published = others.taken,
            .publishes_refused = others.refused,
            .publishes_dropped = others.dropped,
            .publishes_unconfirmed = others.unconfirmed,
            .publish_queue_bytes = others.queued_bytes,
            .received = others.received,
            .received_invalid = others.invalid,
            .redis_outages = others.outages};
}

bool server::ready() const noexcept
{
    return impl_->node_.hub().running() && !impl_->node_.stopping() && impl_->broker_->ready();
}

void server::http(std::string method, std::string path, http::handler answer)
{
    if (impl_->started())
        throw std::logic_error("http: the server has been started");
    if (path == impl_->options_.path)
        throw std::invalid_argument("path: is the WebSocket's");
    impl_->routes_.add(std::move(method), std::move(path), std::move(answer));
}

} // namespace cresset
