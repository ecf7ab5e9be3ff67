#pragma once

#include "base/client_id.hpp"
#include "base/log.hpp"
#include "broker/broker.hpp"
#include "hub/address_counts.hpp"
#include "hub/application.hpp"
#include "hub/counters.hpp"
#include "hub/delivery.hpp"
#include "hub/directory.hpp"
#include "hub/options.hpp"
#include "hub/queue_budget.hpp"
#include "net/connection_set.hpp"
#include "ws/close_code.hpp"

#include <atomic>
#include <cresset/client.hpp>
#include <cresset/send_result.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::hub {

class shard;

// An event to send: its name, and its data as JSON text, empty for none. The text is trusted to be
// JSON: it goes out as it is.
struct outgoing_event
{
    std::string_view name;
    std::string_view data;
};

// Whom a message is for. A client and a room may be the same: every client is alone in a room that
// is named by its id.
struct destination
{
    broker::target_kind kind;
    std::string_view name; // a client id, user id or room; empty for everybody
};

using excluded_clients = std::span<const base::client_id>;

// All shards of a process: where a message is routed to those who get it.
//
// Calls come from any thread. What one thread sends to one client arrives in the order in which it
// was sent.
class hub final : private broker::node
{
public:
    // The references outlive the hub.
    hub(const options& settings, application& app, broker::broker& nodes, base::log& log,
        unsigned shard_count);
    ~hub();
    hub(const hub&) = delete;
    hub& operator=(const hub&) = delete;

    // The shard of connections' loop; call once for each index, before the loops run.
    shard& add_shard(unsigned index, net::connection_set& connections);

    // Once all shards are there: sends, and takes what other nodes send.
    void start();

    // Sends nothing more, and says so; false if it had not started, or has stopped already.
    bool stop() noexcept { return running_.exchange(false); }

    bool running() const noexcept { return running_; }

    // Before the shards' loops are destroyed: whatever comes late from elsewhere finds nobody.
    void sever();

    // To clients of this node, and with reach::fleet of all others.
    send_result send(destination to, outgoing_event event, excluded_clients exclude = {},
                     reach how_far = reach::node);

    // The reference's send: to everybody, if there is no destination; to a client or a room of this
    // node, and of others; or else to whatever has that name elsewhere.
    send_result route(std::optional<std::string_view> to, outgoing_event event);

    // To one client of this node; false if it isn't there.
    bool join(const base::client_id& id, std::string_view room, std::function<void()> done = {});
    bool leave(const base::client_id& id, std::string_view room);
    bool disconnect(const base::client_id& id, ws::close_code code, std::string_view reason);
    bool encrypt(const base::client_id& id);

    // Whether a client of this node is in a room; it is in the one that is named by its id.
    bool is_member(const base::client_id& id, std::string_view room) const;

    std::size_t count(destination who) const;
    std::vector<client_info> describe(destination who) const;
    totals count() const noexcept;

    // Now, and of these how many are authenticated.
    struct clients_now
    {
        std::size_t all = 0;
        std::size_t authenticated = 0;
    };
    clients_now clients() const noexcept;

    const std::string& server_id() const noexcept override { return server_id_; }
    const options& settings() const noexcept { return settings_; }
    application& app() noexcept { return app_; }
    base::log& log() noexcept { return log_; }
    broker::broker& nodes() noexcept { return broker_; }
    queue_budget& waiting() noexcept { return waiting_; }
    directory& names() noexcept { return names_; }

    // Who accepts a client enters it; it leaves by itself.
    address_counts& addresses() noexcept { return addresses_; }
    unsigned shard_count() const noexcept { return static_cast<unsigned>(shards_.size()); }
    shard& at(unsigned index) const noexcept { return *shards_[index]; }
    shard& home_of(const base::client_id& id) const noexcept
    {
        return at(base::shard_of(id, shard_count()));
    }

private:
    void on_node_message(const broker::node_message& message) override;

    send_result send_here(destination to, outgoing_event event, excluded_clients exclude);
    send_result send_to_client(const base::client_id& id, shared_delivery message);
    transit::ticket enter_transit(std::size_t bytes);
    send_result fan_out(const shared_delivery& message);
    shared_delivery make_delivery(destination to, outgoing_event event,
                                  excluded_clients exclude) const;
    void set_policy(delivery& message, outgoing_event event) const;
    broker::publish_status publish(destination to, outgoing_event event, excluded_clients exclude);
    shard_set shards_of(const group_key& key) const;

    template <typename Function>
    bool visit(const base::client_id& id, Function f);

    const options& settings_;
    application& app_;
    broker::broker& broker_;
    base::log& log_;
    std::string server_id_; // a UUID, made once
    std::atomic<bool> running_{false};
    bool attached_ = false; // to the broker
    transit transit_;
    queue_budget waiting_;
    directory names_;
    address_counts addresses_;
    std::vector<std::unique_ptr<shard>> shards_;
};

} // namespace cresset::hub
