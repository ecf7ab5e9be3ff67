#pragma once

#include "broker/broker.hpp"
#include "broker/channels.hpp"
#include "protocol/node_message_reader.hpp"
#include "simulation/dice.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cresset::simulation {

class redis;

// Something on its way to Redis, or from there.
struct parcel
{
    enum class kind : std::uint8_t
    {
        publish,
        subscribe,
        unsubscribe,
        marker // comes back behind what was asked for before it
    };

    kind what;
    std::string channel;
    std::string payload;
    base::unique_function<void()> then;
};

// A node's broker: two connections to the Redis of the world, as redis_broker has. While they are
// gone, what the node publishes waits in a short queue, and what others publish is lost.
class node_link final : public broker::broker
{
public:
    node_link(redis& server, unsigned index) noexcept : server_(server), index_(index) {}

    bool ready() const noexcept override { return ready_; }
    void attach(cresset::broker::node& n) override { node_ = &n; }
    void detach(cresset::broker::node&) override { node_ = nullptr; }
    cresset::broker::publish_status publish(const cresset::broker::node_message& message) override;
    void add_interest(cresset::broker::target_kind kind, std::string_view name) override;
    void remove_interest(cresset::broker::target_kind kind, std::string_view name) override;
    void when_settled(base::unique_function<void()> then) override;

    // The connections break, and come back: ready once all is subscribed to again.
    void cut(dice& chance);
    void heal();
    bool connected() const noexcept { return connected_; }

    // Names that somebody is interested in, or the opposite of it: none once all clients are gone.
    std::size_t interests() const noexcept { return interest_.size(); }

private:
    friend class redis;

    static constexpr std::size_t waiting_max = 4;

    void change(const std::string& channel, int by);
    void arrive(parcel p);

    redis& server_;
    unsigned index_;
    cresset::broker::node* node_ = nullptr;
    bool connected_ = true;
    bool ready_ = true;
    std::map<std::string, int> interest_;
    std::set<std::string> subscribed_; // as Redis has it
    std::deque<parcel> publishing_;
    std::deque<parcel> subscribing_;
    std::deque<parcel> arriving_;
    std::deque<parcel> waiting_; // for Redis to come back
    protocol::node_message_reader reader_;
};

// What became of a message on its way to one node.
enum class fate : std::uint8_t
{
    under_way,
    delivered,
    lost,    // a connection was gone
    unwanted // the node was not subscribed
};

// Redis, as far as Pub/Sub goes, and the connections to it: what one connection carries keeps its
// order, and between connections anything goes. Things move only when step says so.
class redis
{
public:
    explicit redis(unsigned nodes);

    node_link& link(unsigned node) noexcept { return *links_[node]; }

    // As a process publishes that serves nobody.
    void emit(const cresset::broker::node_message& message);

    // Moves one thing that is on its way; false if nothing is.
    bool step(dice& chance);

    // Of the message whose data begins with {"n":N. The latest word, since forget_fates.
    fate fate_of(std::uint64_t n, unsigned node) const;
    void forget_fates() { fates_.clear(); }

private:
    friend class node_link;

    static constexpr const char* everybody = "ws:broadcast";

    void serve(node_link* from, parcel p);
    void publish(const node_link* from, const parcel& p);
    void note(const std::string& payload, unsigned node, fate what);
    void lose(const node_link& from, const parcel& p); // for all nodes

    cresset::broker::channel_names channels_;
    std::vector<std::unique_ptr<node_link>> links_;
    std::deque<parcel> emitted_;
    std::map<std::pair<std::uint64_t, unsigned>, fate> fates_;
};

} // namespace cresset::simulation
