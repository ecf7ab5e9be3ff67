#include "serve/server_options.hpp"

#include "hub/directory.hpp"
#include "redis/public_options.hpp"
#include "serve/access.hpp"
#include "serve/encryption.hpp"

#include <algorithm>
#include <cresset/errors.hpp>
#include <limits>
#include <string>
#include <thread>
#include <utility>

namespace cresset::serve {
namespace {

using std::chrono::milliseconds;

void require(bool holds, const char* option, const char* why)
{
    if (!holds)
        throw option_error(option, why);
}

// Deadlines are kept in 32 bits of milliseconds, of which half are for comparing.
void require_duration(milliseconds value, const char* option, milliseconds least)
{
    constexpr milliseconds most = std::chrono::hours(24 * 20);
    require(value >= least, option,
            least.count() == 0 ? "must not be negative" : "must be over zero");
    require(value <= most, option, "must be at most 20 days");
}

bool wants_encryption(const server_options& options)
{
    return options.require_encryption || options.encryption != encryption_mode::off;
}

} // namespace

void check_policies(const std::vector<event_policy>& policies, const char* option)
{
    for (auto p = policies.begin(); p != policies.end(); ++p) {
        require(!p->event.empty(), option, "must name an event each");
        require(p->key.empty() || p->policy == slow_client_policy::keep_latest, option,
                "must have a key only with keep_latest");
        require(std::ranges::find(p + 1, policies.end(), p->event, &event_policy::event) ==
                    policies.end(),
                option, "must not name an event twice");
    }
}

void check_limits(const limits& of, const std::string& prefix)
{
    const auto must = [&](bool holds, const char* name, const char* why) {
        require(holds, (prefix + name).c_str(), why);
    };
    must(of.rooms_per_client > 0, "rooms_per_client", "must be over zero");
    must(of.unauthenticated_message_bytes > 0, "unauthenticated_message_bytes",
         "must be over zero");
    must(of.request_head_bytes > 0, "request_head_bytes", "must be over zero");
    must(of.request_body_bytes > 0, "request_body_bytes", "must be over zero");
    must(of.bytes_per_second <= std::numeric_limits<std::uint32_t>::max(), "bytes_per_second",
         "must be under 4 GiB");
    const milliseconds timeout = of.unacknowledged_timeout;
    must(timeout.count() == 0 || timeout >= std::chrono::seconds(1), "unacknowledged_timeout",
         "must be 0 or at least a second");
    must(timeout <= std::chrono::hours(1), "unacknowledged_timeout", "must be at most an hour");
}

void check_tls(const tls_options& options, const char* option)
{
    for (const tls_certificate& each : options.certificates)
        require(!each.cert_file.empty() && !each.key_file.empty(), option,
                "must have a file of the certificate and one of the key each");
    const bool checks = options.client_certificates != tls_client_certificates::off;
    require(options.enabled() || !checks, option, "must have a certificate to check clients'");
    require(checks == !options.client_ca_file.empty(), option,
            "must have client_ca_file if it checks clients' certificates, and only then");
}

void check_stop_plan(const stop_plan& plan)
{
    for (const auto& [time, name] :
         {std::pair{plan.delay, "delay"}, {plan.spread, "spread"}, {plan.deadline, "deadline"}}) {
        require(time.count() >= 0, name, "must not be negative");
        require(time <= std::chrono::hours(24), name, "must be at most a day");
    }
}

void check_options(const server_options& options, const handlers& callbacks)
{
    require(!options.identifier.empty(), "identifier", "must not be empty");
    require(!options.host.empty(), "host", "must not be empty");
    require(options.path.size() > 1 && options.path[0] == '/', "path",
            "must begin with / and name a path, such as /ws");
    require(options.path.find('?') == std::string::npos, "path",
            "must not have a query string: clients may add any");
    check_tls(options.tls, "tls");
    make_origin_rules(options.origins, options.require_origin, "origins");
    make_trusted_proxies(options.trusted_proxies, "trusted_proxies");
    require(!options.proxy_protocol || !options.trusted_proxies.empty(), "proxy_protocol",
            "needs trusted_proxies: the addresses that connections may come from");
    require(options.threads <= hub::shards_max, "threads", "must be at most 64");
    for (const std::string& room : options.default_rooms)
        require(!room.empty() && !client_id::parse(room), "default_rooms",
                "must not have an empty name, nor one of the form of a client id");
    require_duration(options.handshake_timeout, "handshake_timeout", milliseconds(1));
    require_duration(options.auth_timeout, "auth_timeout", milliseconds(1));
    require_duration(options.heartbeat_interval, "heartbeat_interval", milliseconds(1));
    require_duration(options.heartbeat_timeout, "heartbeat_timeout", milliseconds(1));
    require_duration(options.idle_timeout, "idle_timeout", milliseconds(0));
    require(options.encrypted_batch_limit > 0, "encrypted_batch_limit", "must be over zero");
    require_duration(options.outbound_transform_timeout, "outbound_transform_timeout",
                     milliseconds(1));
    require(options.encryption == encryption_mode::off || !callbacks.handshake, "encryption",
            "is the server's own: a handshake handler goes with require_encryption");
    require(options.encryption_key_file.empty() ||
                (wants_encryption(options) && !callbacks.handshake),
            "encryption_key_file", "is for the server's own encryption, which is off");
    require(!options.deflate_context_takeover || options.permessage_deflate,
            "deflate_context_takeover", "is for permessage_deflate, which is off");
    require(options.max_payload_length > 0, "max_payload_length", "must be over zero");
    require(options.max_payload_length <= std::numeric_limits<std::int32_t>::max(),
            "max_payload_length", "must be under 2 GiB");
    require(options.backpressure_limit > 0, "backpressure_limit", "must be over zero");
    require(options.backpressure_limit_total > 0, "backpressure_limit_total", "must be over zero");
    require(!options.close_on_backpressure_limit ||
                options.slow_clients == slow_client_policy::drop_newest ||
                options.slow_clients == slow_client_policy::close,
            "close_on_backpressure_limit", "contradicts slow_clients");
    check_policies(options.event_policies, "event_policies");
    check_limits(options.limits, "limits.");
    redis::check_options(options.redis);
    require(static_cast<bool>(callbacks.authenticate), "authenticate",
            "is required: without it nobody could come in");
}

node_options to_node_options(const server_options& options, base::log& log)
{
    node_options node;
    node.host = options.host;
    node.port = options.port;
    node.websocket_path = options.path;
    if (options.tls.enabled())
        node.tls = std::make_shared<certificates>(options.tls, log);
    node.origins = make_origin_rules(options.origins, options.require_origin, "origins");
    node.trusted_proxies = make_trusted_proxies(options.trusted_proxies, "trusted_proxies");
    node.proxy_protocol = options.proxy_protocol;
    node.handshake_timeout = options.handshake_timeout;
    node.threads = options.threads != 0
                       ? options.threads
                       : std::clamp(std::thread::hardware_concurrency(), 1U, hub::shards_max);
    node.limits = options.limits;
    hub::options& clients = node.clients;
    clients.auth_timeout = options.auth_timeout;
    clients.heartbeat_interval = options.heartbeat_interval;
    clients.heartbeat_timeout = options.heartbeat_timeout;
    clients.idle_timeout = options.idle_timeout;
    clients.send_pings = options.send_pings;
    clients.frames.message_bytes_max = options.max_payload_length;
    clients.deflate = {.enabled = options.permessage_deflate,
                       .threshold_bytes = options.deflate_threshold,
                       .context_takeover = options.deflate_context_takeover};
    clients.queue_bytes_max = options.backpressure_limit;
    clients.queue_bytes_total_max = options.backpressure_limit_total;
    clients.slow_clients =
        options.close_on_backpressure_limit ? slow_client_policy::close : options.slow_clients;
    clients.event_policies = options.event_policies;
    clients.require_encryption =
        options.require_encryption || options.encryption == encryption_mode::required;
    clients.transform_timeout = options.outbound_transform_timeout;
    if (wants_encryption(options)) // the hub leaves it alone if the application has a handshake
        clients.key_agreement = make_key_agreement(options.encryption_key_file);
    clients.transforms_max = options.encrypted_batch_limit;
    clients.default_rooms = options.default_rooms;
    return node;
}

} // namespace cresset::serve
