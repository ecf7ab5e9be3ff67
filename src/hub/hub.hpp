#pragma once

#include "base/client_id.hpp"
#include "base/log.hpp"
#include "broker/broker.hpp"
#include "hub/application.hpp"
#include "hub/counters.hpp"
#include "hub/delivery.hpp"
#include "hub/directory.hpp"
#include "hub/options.hpp"
#include "net/connection_set.hpp"

#include <memory>
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

using client_ids = std::vector<base::client_id>;

// All shards of a process: where a message is routed to those who get it.
//
// The sending calls come from any thread. To one client, what one thread sends arrives in the order
// in which it was sent. A message leaves this node too where a call says so.
class hub final : private broker::node
{
public:
    // Shards are added before the loops run. The references outlive the hub.
    hub(const options& settings, application& app, broker::broker& nodes, base::log& log,
        unsigned shard_count);
    ~hub();
    hub(const hub&) = delete;
    hub& operator=(const hub&) = delete;

    // The shard of connections' loop; call once for each index.
    shard& add_shard(unsigned index, net::connection_set& connections);

    // On this node.
    void send_to_client(const base::client_id& id, outgoing_event event);
    void send_to_user(std::string_view user_id, outgoing_event event);
    void send_to_room(std::string_view room, outgoing_event event, client_ids exclude = {});
    void broadcast(outgoing_event event, client_ids exclude = {});

    // On every node.
    void send_to_room_everywhere(std::string_view room, outgoing_event event,
                                 client_ids exclude = {});

    // Only on the thread of that client's shard, in an application's callback.
    bool is_member(const base::client_id& id, std::string_view room) noexcept;
    void count_refused_joins(const base::client_id& id, std::size_t rooms) noexcept;

    totals count() const noexcept;

    const options& settings() const noexcept { return settings_; }
    application& app() noexcept { return app_; }
    base::log& log() noexcept { return log_; }
    directory& names() noexcept { return names_; }
    unsigned shard_count() const noexcept { return static_cast<unsigned>(shards_.size()); }
    shard& at(unsigned index) noexcept { return *shards_[index]; }
    shard& home_of(const base::client_id& id) noexcept
    {
        return at(base::shard_of(id, shard_count()));
    }

private:
    const std::string& server_id() const noexcept override { return server_id_; }
    void on_node_message(const broker::node_message& message) override;

    void fan_out(group_kind kind, std::string_view name, outgoing_event event,
                 client_ids exclude);

    const options& settings_;
    application& app_;
    broker::broker& broker_;
    base::log& log_;
    std::string server_id_; // a UUID, made once
    directory names_;
    std::vector<std::unique_ptr<shard>> shards_;
};

} // namespace cresset::hub
