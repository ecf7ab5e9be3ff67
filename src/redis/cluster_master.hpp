#pragma once

#include "redis/pipeline.hpp"
#include "redis/shard_queue.hpp"
#include "redis/subscriber.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cresset::redis {

// The links to one master of a cluster: one to publish, and one to subscribe unless it is an
// emitter's. On its loop's thread.
//
//   present ──retire()──> retired: ends its subscriptions, waits for what is under way
//      └───────stop()─────────┴──> stopped: kept until the loop has turned
class cluster_master final : private pipeline::owner, private subscriber::observer
{
public:
    class owner
    {
    public:
        // A link came up, with all that it is for, or went down or could not come up.
        virtual void on_up(cluster_master& m) = 0;
        virtual void on_down(cluster_master& m, std::string_view why) = 0;

        // More can be published.
        virtual void on_room(cluster_master& m) = 0;

        virtual void on_taken(publication& p) = 0;
        virtual void on_refused(publication& p, std::string_view error) = 0;
        virtual void on_unconfirmed(publication& p) = 0;

        virtual void on_message(std::string_view channel, std::string_view payload) = 0;
        virtual void on_refused(std::string_view channel, std::string_view error) = 0;

        // It doesn't serve the slot of the channel, or no longer does, which ended a subscription.
        virtual void on_moved(cluster_master& m, std::string_view channel) = 0;

    protected:
        ~owner() = default;
    };

    // The references outlive it.
    cluster_master(net::connection_set& connections, const link_settings& settings, address where,
                   bool subscribes, owner& o);

    void start();
    void retire();
    void stop();
    void reconnect(std::string_view why);

    const address& where() const noexcept { return where_; }
    bool present() const noexcept { return state_ == state::present; }
    bool stopped() const noexcept { return state_ == state::stopped; }
    std::uint64_t ended_ms() const noexcept { return ended_ms_; } // when it was retired or stopped

    void want(const std::string& channel);
    void unwant(const std::string& channel);

    bool can_publish() const noexcept { return pipeline_.up(); }
    std::uint64_t up_ms() const noexcept { return up_ms_; } // since when it can

    // What is published is heard by ourselves: all subscriptions here are confirmed.
    bool confirmed() const noexcept { return !subscriber_ || subscriber_->confirmed(); }

    void when_confirmed(net::task then)
    {
        if (subscriber_ && present())
            subscriber_->when_confirmed(std::move(then));
        else
            then();
    }

    // Both links are up, with all that they were for when they came up.
    bool complete() const noexcept
    {
        return can_publish() && (!subscriber_ || subscriber_->complete());
    }

    // What waits to be published here.
    shard_queue::lane& lane() noexcept { return lane_; }

    // What may be under way besides.
    std::size_t room() const noexcept { return pipeline_.room(); }
    bool idle() const noexcept { return pipeline_.idle(); }
    void add(publication p) { pipeline_.add(std::move(p)); }
    void flush() { pipeline_.flush(); }

private:
    enum class state : std::uint8_t
    {
        present,
        retired,
        stopped
    };

    void on_pipeline_up() override;
    void on_pipeline_room() override { owner_.on_room(*this); }
    void on_pipeline_down(std::string_view why) override { owner_.on_down(*this, why); }
    void on_taken(publication& p) override { owner_.on_taken(p); }
    void on_refused(publication& p, std::string_view error) override;
    void on_unconfirmed(publication& p) override { owner_.on_unconfirmed(p); }

    void on_message(std::string_view channel, std::string_view payload) override;
    void on_subscriber_up() override { owner_.on_up(*this); }
    void on_subscriber_down(std::string_view why) override { owner_.on_down(*this, why); }
    void on_refused(std::string_view channel, std::string_view error) override;
    void on_moved(std::string_view channel) override { owner_.on_moved(*this, channel); }

    void enter(state s);

    net::event_loop& loop_;
    const address where_;
    fixed_servers finder_;
    owner& owner_;
    state state_ = state::present;
    std::uint64_t up_ms_ = 0;
    std::uint64_t ended_ms_ = 0;
    shard_queue::lane lane_;
    pipeline pipeline_;
    std::optional<subscriber> subscriber_;
};

} // namespace cresset::redis
