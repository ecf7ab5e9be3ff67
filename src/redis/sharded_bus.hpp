#pragma once

#include "redis/bus.hpp"
#include "redis/cluster_master.hpp"
#include "redis/servers.hpp"
#include "redis/shard_queue.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::redis {

// Sharded Pub/Sub on Redis Cluster (7 or newer): each channel has a slot, and each slot a master,
// with which it is published and subscribed to. Slots move, and masters fail.
//
// What is published then is parked until the slot has a master that can be reached, nothing of the
// slot is under way any more, and others have had time to subscribe there too. So what one thread
// publishes to one channel stays in order. A message that Redis says is for another node was not
// done, and is sent again; one whose link was lost behind it is not, as it might come twice.
//
// A subscription is made with the slot's new master, and goes on with the old one for as long as
// that keeps it.
class sharded_bus final : public bus, private cluster_master::owner, private net::timer
{
public:
    sharded_bus(net::connection_set& connections, const options& how, bus::observer& o,
                bool subscribes);

    void start() override;
    void stop() override;
    void want(const std::string& channel, subscription_kind kind) override;
    void unwant(const std::string& channel, subscription_kind kind) override;
    void when_confirmed(net::task then) override;
    publisher::accepted publish(std::string_view channel, std::string_view payload,
                                publisher::done then, bool counted) override;
    publisher::totals counts() const override;
    void hold(bool on) override;
    bool complete() const override;

    // With any master: what waits for others waits by itself.
    bool can_publish() const override;

    void reconnect(std::string_view why) override;

private:
    struct slot_state
    {
        cluster_master* owner = nullptr;
        bool parked = true;
        std::uint32_t under_way = 0;
        std::uint64_t parked_ms = 0;
        std::uint64_t not_before_ms = 0; // to be parked until; 0: others need no time
    };

    struct subscription
    {
        std::uint16_t slot = 0;
        cluster_master* at = nullptr;         // none: not yet, or no longer
        const cluster_master* left = nullptr; // who ended it or did not take it
        std::uint64_t left_ms = 0;            // and when
    };

    void on_up(cluster_master& m) override;
    void on_down(cluster_master& m, std::string_view why) override;
    void on_room(cluster_master& m) override { pump(m); }
    void on_taken(publication& p) override;
    void on_refused(publication& p, std::string_view error) override;
    void on_unconfirmed(publication& p) override;
    void on_message(std::string_view channel, std::string_view payload) override;
    void on_refused(std::string_view channel, std::string_view error) override;
    void on_moved(cluster_master& m, std::string_view channel) override;
    void on_timer() override;

    void on_map();
    cluster_master& master_at(const address& where);
    void bury();

    void settle();
    void subscribe();
    void subscribe(const std::string& channel, subscription& s);
    void release();
    bool all_placed() const;
    bool can_go(const slot_state& s) const;
    void park(std::span<const std::uint16_t> slots);
    void park(const cluster_master& of);

    void pump(cluster_master& m);
    void pump_all();
    void forget(const publication& p);
    void give_up(std::vector<publication>& given_way);

    net::connection_set& connections_;
    net::event_loop& loop_;
    bus::observer& observer_;
    const bool subscribes_;
    servers servers_;
    const std::size_t queue_bytes_max_;
    shard_queue queue_;
    publish_tally tally_;
    std::vector<std::unique_ptr<cluster_master>> masters_; // present and others
    std::vector<slot_state> slots_;
    std::size_t parked_ = slot_count; // of them
    boost::unordered_flat_map<std::string, subscription> channels_;
    std::vector<net::task> unplaced_;                   // who waits for channels that no master has
    boost::unordered_flat_set<std::uint16_t> returned_; // parked slots with messages sent before
    bool known_ = false;                                // who the masters are
    bool held_ = false;
    bool refusal_told_ = false;
    std::atomic<std::size_t> under_way_bytes_{0};
    std::atomic<bool> pump_is_posted_{false};
};

} // namespace cresset::redis
