#include "broker/channels.hpp"
#include "net/connection_set.hpp"
#include "net/event_loop.hpp"
#include "protocol/node_message_writer.hpp"
#include "redis/bus.hpp"
#include "redis/public_options.hpp"

#include <condition_variable>
#include <cresset/emitter.hpp>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace cresset {
namespace {

using protocol::target_kind;

// What stands for a server's id, so that every server takes it (PROTOCOL.md, section 2).
constexpr std::string_view emitter_id = "emitter";

redis_options checked(redis_options options)
{
    if (options.url.empty())
        throw option_error("redis.url", "is required");
    redis::check_options(options);
    return options;
}

emit_status status_of(redis::publish_outcome outcome)
{
    switch (outcome) {
    case redis::publish_outcome::taken:
        return emit_status::taken;
    case redis::publish_outcome::refused:
        return emit_status::refused;
    case redis::publish_outcome::dropped:
        return emit_status::dropped;
    case redis::publish_outcome::unconfirmed:
        break;
    }
    return emit_status::unconfirmed;
}

std::future<emit_status> at_once(emit_status status)
{
    std::promise<emit_status> verdict;
    verdict.set_value(status);
    return verdict.get_future();
}

} // namespace

class emitter::impl final : private redis::bus::observer
{
public:
    explicit impl(redis_options options)
        : options_(checked(std::move(options))),
          channels_(options_),
          connections_(loop_),
          bus_(redis::make_bus(options_.sharded ? redis::bus_kind::sharded_publish_only
                                                : redis::bus_kind::publish_only,
                               connections_, redis::to_options(options_, "cresset-emitter"), *this))
    {}

    ~impl() { end(); }

    void start()
    {
        {
            const std::lock_guard lock(mutex_);
            if (state_ != state::made)
                throw std::logic_error("the emitter has been started before");
            state_ = state::running;
        }
        thread_ = std::thread([this] { loop_.run(); });
        loop_.post([this] { bus_->start(); });
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, options_.ready_timeout, [this] { return up_; }))
            return;
        const std::string why = last_error_;
        lock.unlock();
        end();
        throw std::runtime_error("Redis client did not become ready within " +
                                 std::to_string(options_.ready_timeout.count()) + "ms" +
                                 (why.empty() ? "" : ": " + why));
    }

    std::future<emit_status> send(target_kind kind, std::string_view target, std::string_view event,
                                  const payload& data, const std::vector<client_id>& exclude)
    {
        if (!data.valid() || event.empty())
            return at_once(emit_status::invalid);
        {
            const std::lock_guard lock(mutex_);
            if (state_ != state::running)
                return at_once(emit_status::not_running);
            ++open_;
        }
        std::promise<emit_status> verdict;
        std::future<emit_status> told = verdict.get_future();
        const auto accepted = bus_->publish(
            channels_.of(kind, target),
            protocol::write_node_message({emitter_id, kind, target, event, data.text(), exclude}),
            [this, verdict = std::move(verdict)](redis::publish_outcome outcome) mutable {
                verdict.set_value(status_of(outcome));
                close_one();
            });
        if (accepted != redis::publisher::accepted::lost)
            return told;
        close_one();
        return at_once(emit_status::dropped);
    }

    bool flush(std::chrono::milliseconds limit)
    {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, limit, [this] { return open_ == 0; });
    }

    // What is still queued is dropped, and told so.
    void end()
    {
        {
            const std::lock_guard lock(mutex_);
            if (std::exchange(state_, state::stopped) != state::running)
                return;
        }
        loop_.post([this] {
            bus_->stop();
            loop_.stop();
        });
        thread_.join();
    }

    emitter_stats stats() const noexcept
    {
        const auto counts = bus_->counts();
        return {.taken = counts.taken,
                .refused = counts.refused,
                .dropped = counts.dropped,
                .unconfirmed = counts.unconfirmed,
                .queued_bytes = counts.queued_bytes};
    }

private:
    enum class state : std::uint8_t
    {
        made,
        running,
        stopped
    };

    void on_message(std::string_view, std::string_view) override {}

    void on_refused(std::string_view, std::string_view error) override
    {
        const std::lock_guard lock(mutex_);
        last_error_ = error;
    }

    void on_change(std::string_view why) override
    {
        const std::lock_guard lock(mutex_);
        if (!why.empty())
            last_error_ = why;
        if (!bus_->can_publish())
            return;
        up_ = true;
        changed_.notify_all();
    }

    void close_one()
    {
        const std::lock_guard lock(mutex_);
        if (--open_ == 0)
            changed_.notify_all();
    }

    const redis_options options_;
    const broker::channel_names channels_;
    net::event_loop loop_;
    net::connection_set connections_;
    std::unique_ptr<redis::bus> bus_;
    std::thread thread_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    state state_ = state::made; // under mutex_
    bool up_ = false;           // under mutex_; whether Redis was ever there
    std::size_t open_ = 0;      // under mutex_; messages without a verdict
    std::string last_error_;    // under mutex_
};

emitter::emitter(redis_options options) : impl_(std::make_unique<impl>(std::move(options))) {}

emitter::~emitter() = default;

void emitter::start()
{
    impl_->start();
}

std::future<emit_status> emitter::to_client(std::string_view client, std::string_view event,
                                            const payload& data)
{
    return impl_->send(target_kind::client, client, event, data, {});
}

std::future<emit_status> emitter::to_user(std::string_view user_id, std::string_view event,
                                          const payload& data)
{
    return impl_->send(target_kind::user, user_id, event, data, {});
}

std::future<emit_status> emitter::to_room(std::string_view room, std::string_view event,
                                          const payload& data,
                                          const std::vector<client_id>& exclude)
{
    return impl_->send(target_kind::room, room, event, data, exclude);
}

std::future<emit_status> emitter::broadcast(std::string_view event, const payload& data,
                                            const std::vector<client_id>& exclude)
{
    return impl_->send(target_kind::broadcast, {}, event, data, exclude);
}

bool emitter::flush(std::chrono::milliseconds limit)
{
    return impl_->flush(limit);
}

bool emitter::stop(std::chrono::milliseconds limit)
{
    const bool all = impl_->flush(limit);
    impl_->end();
    return all;
}

emitter_stats emitter::stats() const noexcept
{
    return impl_->stats();
}

} // namespace cresset
