#pragma once

#include "redis/bus.hpp"
#include "redis/servers.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace cresset::redis {

// One link to publish and one to subscribe: a single server, the master that sentinels name, or two
// nodes of a cluster, of which each takes to all others what it is given.
class pubsub_bus final : public bus, private publisher::observer, private subscriber::observer
{
public:
    pubsub_bus(net::connection_set& connections, const options& how, bus::observer& o,
               bool subscribes);

    void start() override;
    void stop() override;
    void want(const std::string& channel, subscription_kind kind) override;
    void unwant(const std::string& channel, subscription_kind kind) override;
    void when_confirmed(net::task then) override { subscriber_->when_confirmed(std::move(then)); }
    publisher::accepted publish(std::string_view channel, std::string_view payload,
                                publisher::done then, bool counted) override;
    publisher::totals counts() const override { return publisher_.counts(); }
    void hold(bool on) override { publisher_.hold(on); }
    bool complete() const override;
    bool can_publish() const override { return publisher_.up(); }
    void reconnect(std::string_view why) override;

private:
    void on_publisher_up() override { observer_.on_change({}); }
    void on_publisher_down(std::string_view why) override { observer_.on_change(why); }
    void on_publish_refused(std::string_view error) override;
    void on_message(std::string_view channel, std::string_view payload) override;
    void on_subscriber_up() override { observer_.on_change({}); }
    void on_subscriber_down(std::string_view why) override { observer_.on_change(why); }
    void on_refused(std::string_view channel, std::string_view error) override;

    bus::observer& observer_;
    servers servers_;
    std::unique_ptr<server_finder> to_publish_;
    std::unique_ptr<server_finder> to_subscribe_;
    publisher publisher_;
    std::optional<subscriber> subscriber_; // none for emitters
};

} // namespace cresset::redis
