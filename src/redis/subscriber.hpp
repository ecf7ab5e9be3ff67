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

        // Redis Cluster: this node doesn't serve the slot of a channel, or no longer. It is wanted
        // no longer.
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

    // Calls `then` when all that is wanted now is confirmed, or refused: at once where it is so
    // already, and where the link is or goes down.
    void when_confirmed(net::task then);

    // Up, and everything confirmed that was wanted when the link came up.
    bool complete() const noexcept { return complete_; }

    // Everything confirmed that is wanted now.
    bool confirmed() const noexcept
    {
        return complete_ && unconfirmed_ == 0 && to_subscribe_.empty();
    }

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

    // To be told to Redis, unless it is not wanted like that any more when its turn comes.
    struct change
    {
        name what;
        bool initial = false;     // of what was wanted when the link came up
        bool alone = false;       // in a command of its own: one with others was refused
        std::uint64_t number = 0; // in the order in which they were wanted
    };

    // A command that Redis has not confirmed. Without changes: a question for a sign of life.
    struct asked
    {
        subscription_kind kind;
        bool on;
        std::vector<change> changes;
        std::size_t confirmed = 0;
    };

    // Wants to know when the changes up to its number are confirmed.
    struct waiter
    {
        std::uint64_t number;
        net::task then;
    };

    // Channels that wait for their confirmation at one time.
    static constexpr std::size_t unconfirmed_max = 4 * batch_max;

    void on_link_up() override;
    void on_link_reply(const reply& r) override;
    void on_link_down(std::string_view why) override;
    void on_link_quiet() override;

    bool wants(const name& n) const { return wanted_.part_of(n).contains(n); }
    bool forget(const name& n) { return wanted_.part_of(n).erase(n) != 0; }
    void add(const name& n);
    void on_push(const reply& r);
    void on_confirmed(std::string_view channel, subscription_kind kind, bool on);
    void on_error(std::string_view error);
    void refuse(const change& c, bool on, std::string_view error);
    void settle(std::size_t initial);
    asked take_asked();
    void flush();
    asked take_batch(bool on, std::size_t& moot);
    std::uint64_t first_unconfirmed() const;
    void tell(std::uint64_t up_to);
    std::deque<change>& changes(bool on) noexcept { return on ? to_subscribe_ : to_unsubscribe_; }

    net::event_loop& loop_;
    observer& observer_;
    link link_;
    bool complete_ = false;
    bool flush_is_posted_ = false;

    base::split_table<boost::unordered_flat_set<name, name_hash>> wanted_;

    // Which one comes first makes no difference but for the same name, and that is told what it is
    // when its turn comes. So a change of mind needs no room: who is in added_ waits already.
    std::deque<change> to_subscribe_;
    std::deque<change> to_unsubscribe_;
    boost::unordered_flat_set<name, name_hash> added_;

    std::deque<asked> asked_;     // in the order in which Redis answers
    std::size_t unconfirmed_ = 0; // channels in it
    std::size_t initial_ = 0;     // of what was wanted when the link came up: not settled yet
    std::uint64_t numbered_ = 0;  // changes, since the link came up
    std::deque<waiter> waiting_;
};

} // namespace cresset::redis
