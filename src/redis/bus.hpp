#pragma once

#include "redis/options.hpp"
#include "redis/publisher.hpp"
#include "redis/subscriber.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace cresset::redis {

// The two directions of Pub/Sub, whatever the links below. On its loop's thread, but for what says
// otherwise.
class bus
{
public:
    class observer
    {
    public:
        virtual void on_message(std::string_view channel, std::string_view payload) = 0;

        // Redis refuses a subscription, or what is published: its ACL, mostly.
        virtual void on_refused(std::string_view what, std::string_view error) = 0;

        // A link came up, with all that it is for, or went down, with a reason.
        virtual void on_change(std::string_view why) = 0;

    protected:
        ~observer() = default;
    };

    virtual ~bus() = default;

    virtual void start() = 0;
    virtual void stop() = 0; // then the loop has to turn once before it is destroyed

    virtual void want(const std::string& channel, subscription_kind kind) = 0;
    virtual void unwant(const std::string& channel, subscription_kind kind) = 0;

    // Calls `then` when all that is wanted now is confirmed, or refused: at once where it is so
    // already, and where links for it are or go down.
    virtual void when_confirmed(net::task then) = 0;

    // From any thread.
    virtual publisher::accepted publish(std::string_view channel, std::string_view payload,
                                        publisher::done then = {}, bool counted = true) = 0;
    virtual publisher::totals counts() const = 0;

    // What waits to be published goes on waiting, links or not.
    virtual void hold(bool on) = 0;

    // All links are up, and all subscriptions confirmed.
    virtual bool complete() const = 0;

    // Whether what is published leaves at once: its links are up.
    virtual bool can_publish() const = 0;

    // Leaves its servers for others, or for the same: what comes in has dried up.
    virtual void reconnect(std::string_view why) = 0;
};

enum class bus_kind : std::uint8_t
{
    pubsub,       // SUBSCRIBE and PUBLISH, on every sort of Redis
    sharded,      // SSUBSCRIBE and SPUBLISH, on Redis Cluster alone
    publish_only, // for emitters: takes no subscriptions
    sharded_publish_only,
};

// Throws option_error for options that can't work. The references outlive the bus.
std::unique_ptr<bus> make_bus(bus_kind kind, net::connection_set& connections, const options& how,
                              bus::observer& o);

} // namespace cresset::redis
