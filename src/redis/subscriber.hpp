#pragma once

#include "base/split_table.hpp"
#include "redis/link.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::redis {

// How it subscribes.
enum class subscription_kind : std::uint8_t
{
    channel, // SUBSCRIBE
    pattern, // PSUBSCRIBE
    shard    // SSUBSCRIBE, where Redis Cluster keeps the channel's slot
};

// Keeps a set of channels subscribed over one link: tells Redis what changes, in batches, and all
// of it again when a link was lost. On its loop's thread.
class subscriber final : private link::owner
{
public:
    class observer
    {
    public:
        virtual void on_message(std::string_view channel, std::string_view payload) = 0;

        // The link is up, and Redis has confirmed all that was wanted by then.
        virtual void on_subscriber_up() = 0;
        virtual void on_subscriber_down(std::string_view why) = 0;

        // Redis takes no subscription to it. It is not asked again until the next link.
        virtual void on_refused(std::string_view channel, std::string_view error) = 0;

        // Redis Cluster: another node serves the slot of a channel now. It is wanted no longer.
        virtual void on_moved(std::string_view /*channel*/) {}

    protected:
        ~observer() = default;
    };

    // Channels a command: a few kilobytes, so that Redis serves others in between.
    static constexpr std::size_t batch_max = 512;

    // The references outlive it.
    subscriber(net::connection_set& connections, const link_settings& settings,
               server_finder& servers, observer& o);

    void start() { link_.start(); }
    void stop();
    void reconnect(std::string_view why) { link_.reconnect(why); }

    // Takes effect at the end of the turn, or when the commands before are confirmed.
    void want(const std::string& channel, subscription_kind kind = subscription_kind::channel);
    void unwant(const std::string& channel, subscription_kind kind = subscription_kind::channel);

    // Up, and everything confirmed that was wanted when the link came up.
    bool complete() const noexcept { return complete_; }

    bool up() const noexcept { return link_.up(); }
    const address& server() const noexcept { return link_.server(); }
    std::size_t wanted() const noexcept { return wanted_.size(); }

private:
    struct name
    {
        std::string channel;
        subscription_kind kind;

        friend bool operator==(const name&, const name&) = default;
    };
    struct name_hash
    {
        using is_avalanching = void;
        std::size_t operator()(const name& n) const noexcept;
    };

    // To be told to Redis.
    struct change
    {
        name what;
        bool on;
        bool alone = false; // in a command of its own: one with others was refused
    };

    // A command that Redis has not confirmed. Without channels: a question for a sign of life.
    struct asked
    {
        subscription_kind kind;
        bool on;
        std::vector<std::string> channels;
        std::size_t confirmed = 0;
    };

    // Commands that wait for their confirmation at one time.
    static constexpr std::size_t commands_max = 4;

    void on_link_up() override;
    void on_link_reply(const reply& r) override;
    void on_link_down(std::string_view why) override;
    void on_link_quiet() override;

    bool forget(const name& n) { return wanted_.part_of(n).erase(n) != 0; }
    void add(change c);
    void on_push(const reply& r);
    void on_confirmed(std::string_view channel, subscription_kind kind, bool on);
    void on_error(std::string_view error);
    void settle(std::size_t changes);
    void flush();
    asked take_batch();

    net::event_loop& loop_;
    observer& observer_;
    link link_;
    bool complete_ = false;
    bool flush_is_posted_ = false;

    base::split_table<boost::unordered_flat_set<name, name_hash>> wanted_;
    std::deque<change> changes_;
    std::deque<asked> asked_; // in the order in which Redis answers
    std::size_t initial_ = 0; // of what was wanted when the link came up: not settled yet
};

} // namespace cresset::redis
