#include "broker/redis_broker.hpp"

#include "base/client_id.hpp"
#include "protocol/node_message_writer.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <stdexcept>
#include <utility>

namespace cresset::broker {
namespace {

using redis::subscription_kind;

// How often the broker looks after what has become due.
constexpr std::chrono::milliseconds tick{50};

// A message to ourselves each second, and how long it may take: a link that is open but dead is
// found within five seconds.
constexpr std::uint64_t probe_interval_ms = 1'000;
constexpr std::uint64_t probe_limit_ms = 3'500;

// After an outage the other nodes come back within a quarter of a second of Redis (redis::backoff).
// What waited waits for most of them, or nobody would hear it.
constexpr std::uint64_t release_delay_ms = 150;

// Subscriptions that Redis doesn't confirm hold what waits to be published up for so long.
constexpr std::uint64_t release_limit_ms = 2'000;

// Channels that are left in one turn: less than a millisecond's worth.
constexpr std::size_t sweep_max = 512;

// Clients wait for Redis to confirm subscriptions for so long.
constexpr std::uint64_t settle_limit_ms = 2'000;

// Messages that are none: a line in the log, and then none for so long.
constexpr std::uint64_t invalid_log_interval_ms = 1'000;

constexpr std::array kinds{target_kind::client, target_kind::user, target_kind::room};

} // namespace

redis_broker::redis_broker(redis_broker_options options, base::log& log)
    : options_(std::move(options)),
      log_(log),
      connections_(loop_),
      bus_(redis::make_bus(options_.channels.sharded() ? redis::bus_kind::sharded
                                                       : redis::bus_kind::pubsub,
                           connections_, options_.redis, *this)),
      probe_channel_(options_.channels.probe(base::client_id_generator().next().to_string()))
{}

redis_broker::~redis_broker()
{
    stop();
}

void redis_broker::start()
{
    thread_ = std::thread([this] { loop_.run(); });
    loop_.post([this] { begin(); });
    std::unique_lock lock(start_mutex_);
    const bool in_time = started_.wait_for(lock, options_.ready_timeout,
                                           [this] { return once_ready_ || stopping_; });
    if (in_time && once_ready_)
        return;
    lock.unlock();
    stop();
    throw std::runtime_error("Redis client did not become ready within " +
                             std::to_string(options_.ready_timeout.count()) + "ms");
}

void redis_broker::stop() noexcept
{
    {
        const std::lock_guard lock(start_mutex_);
        stopping_ = true;
    }
    started_.notify_all();
    if (!thread_.joinable())
        return;
    // The turn that ends the links also buries their connections.
    loop_.post([this] {
        cancel();
        bus_->stop();
        loop_.stop();
    });
    thread_.join();
    ready_ = false;
}

void redis_broker::attach(cresset::broker::node& n)
{
    const std::lock_guard lock(node_mutex_);
    assert(!node_);
    node_ = &n;
}

void redis_broker::detach(cresset::broker::node&)
{
    const std::lock_guard lock(node_mutex_);
    node_ = nullptr;
}

publish_status redis_broker::publish(const node_message& message)
{
    switch (bus_->publish(options_.channels.of(message.kind, message.target),
                          protocol::write_node_message(message))) {
    case redis::publisher::accepted::handed:
        return publish_status::handed;
    case redis::publisher::accepted::waiting:
        return publish_status::waiting;
    case redis::publisher::accepted::lost:
        break;
    }
    return publish_status::lost;
}

void redis_broker::add_interest(target_kind kind, std::string_view name)
{
    if (options_.exact && interest_.add(options_.channels.of(kind, name)))
        loop_.post([this] { settle_interest(); });
}

void redis_broker::remove_interest(target_kind kind, std::string_view name)
{
    if (options_.exact)
        interest_.remove(options_.channels.of(kind, name));
}

void redis_broker::when_settled(net::task then)
{
    if (!options_.exact || !ready())
        then();
    else
        loop_.post([this, since_ms = loop_.elapsed_ms(), then = std::move(then)]() mutable {
            await_settled(since_ms, std::move(then));
        });
}

broker_counts redis_broker::counts() const
{
    const redis::publisher::totals published = bus_->counts();
    return {.taken = published.taken,
            .refused = published.refused,
            .dropped = published.dropped,
            .unconfirmed = published.unconfirmed,
            .queued_bytes = published.queued_bytes,
            .received = received_,
            .own = own_,
            .invalid = invalid_,
            .outages = outages_,
            .outage_ms = outage_ms_,
            .channels = channels_};
}

void redis_broker::begin()
{
    bus_->want(options_.channels.of(target_kind::broadcast, {}), subscription());
    if (!options_.exact)
        for (const target_kind kind : kinds)
            bus_->want(options_.channels.pattern_of(kind), subscription_kind::pattern);
    if (!options_.channels.sharded())
        bus_->want(probe_channel_, subscription_kind::channel);
    else
        probes_ = false;
    bus_->start();
    loop_.arm(*this, tick);
}

void redis_broker::on_message(std::string_view channel, std::string_view payload)
{
    if (channel == probe_channel_) {
        probe_sent_ms_ = 0;
        return;
    }
    const std::lock_guard lock(node_mutex_);
    if (!node_)
        return;
    if (protocol::carries_server_id(payload, node_->server_id())) {
        ++own_;
        return;
    }
    const auto message = reader_.read(payload);
    if (!message) {
        drop_invalid(channel, name_of(message.error));
        return;
    }
    if (message->server_id == node_->server_id()) { // written by another hand
        ++own_;
        return;
    }
    ++received_;
    node_->on_node_message(*message.value);
}

void redis_broker::on_refused(std::string_view what, std::string_view error)
{
    if (what == probe_channel_)
        probes_ = false;
    log_.error("Redis refuses", {{"what", what}, {"error", error}});
}

// Links come up one after the other, and go down together or alone.
void redis_broker::on_change(std::string_view why)
{
    hold_while_away();
    const bool up = bus_->complete();
    if (up && !ready())
        come_up();
    else if (!up)
        go_down(why);
}

void redis_broker::come_up()
{
    ready_ = true;
    probe_sent_ms_ = 0;
    probed_ms_ = loop_.now_ms();
    if (was_up_) {
        const std::uint64_t away_ms = loop_.now_ms() - down_since_ms_;
        outage_ms_ += away_ms;
        const auto published = bus_->counts();
        log_.info("Redis is back", {{"away_ms", away_ms},
                                    {"waiting_bytes", published.queued_bytes},
                                    {"publishes_dropped", published.dropped},
                                    {"publishes_unconfirmed", published.unconfirmed}});
    } else {
        log_.info("Redis is there", {{"url", options_.redis.where.to_string()}});
    }
    was_up_ = true;
    told_down_ = false;
    {
        const std::lock_guard lock(start_mutex_);
        once_ready_ = true;
    }
    started_.notify_all();
}

void redis_broker::go_down(std::string_view why)
{
    tell_settled(waiting_told_ + waiting_.size());
    if (ready_.exchange(false)) {
        ++outages_;
        down_since_ms_ = loop_.now_ms();
    }
    if (!why.empty() && !std::exchange(told_down_, true))
        log_.warn("Redis is away", {{"url", options_.redis.where.to_string()}, {"error", why}});
}

// Links that can publish let go of what waits when all the others are there too, or don't come.
void redis_broker::hold_while_away()
{
    if (!bus_->can_publish()) {
        release_ms_ = 0;
        if (!std::exchange(held_, true))
            bus_->hold(true);
        return;
    }
    if (!held_)
        return;
    const std::uint64_t now = loop_.now_ms();
    if (!was_up_) { // nothing was ever away
        release_ms_ = now;
        return;
    }
    if (release_ms_ == 0)
        release_ms_ = now + release_limit_ms;
    if (bus_->complete())
        release_ms_ = std::min(release_ms_, now + release_delay_ms);
}

void redis_broker::settle_interest()
{
    interest_.settle(loop_.now_ms(),
                     [&](const std::string& channel) { bus_->want(channel, subscription()); });
    channels_ = interest_.size();
}

void redis_broker::await_settled(std::uint64_t since_ms, net::task then)
{
    settle_interest(); // whoever was to do it may come later
    waiting_.push_back({since_ms, std::move(then)});
    bus_->when_confirmed(
        [this, number = waiting_told_ + waiting_.size()] { tell_settled(number); });
}

void redis_broker::tell_settled(std::uint64_t up_to)
{
    while (waiting_told_ < up_to) {
        net::task then = std::move(waiting_.front().then);
        waiting_.pop_front();
        ++waiting_told_;
        then();
    }
    if (waiting_.empty())
        slow_told_ = false;
}

void redis_broker::tell_overdue()
{
    const std::uint64_t now = loop_.now_ms();
    std::uint64_t overdue = 0;
    while (overdue < waiting_.size() && now >= waiting_[overdue].since_ms + settle_limit_ms)
        ++overdue;
    if (overdue != 0 && !std::exchange(slow_told_, true))
        log_.warn("Redis is slow to confirm subscriptions: clients go on, and may miss messages",
                  {{"waited_ms", settle_limit_ms}});
    tell_settled(waiting_told_ + overdue);
}

void redis_broker::sweep_interest()
{
    const auto want = [this](const std::string& channel) { bus_->want(channel, subscription()); };
    const auto leave = [this](const std::string& channel) {
        bus_->unwant(channel, subscription());
    };
    const bool more = interest_.sweep(loop_.now_ms(), options_.linger, sweep_max, want, leave);
    channels_ = interest_.size();
    if (more && !std::exchange(sweep_is_posted_, true))
        loop_.post([this] {
            sweep_is_posted_ = false;
            sweep_interest();
        });
}

void redis_broker::on_timer()
{
    loop_.arm(*this, tick);
    tell_overdue();
    const std::uint64_t now = loop_.now_ms();
    sweep_interest();
    if (held_ && release_ms_ != 0 && now >= release_ms_) {
        held_ = false;
        bus_->hold(false);
    }
    if (ready() && probes_)
        probe();
}

void redis_broker::probe()
{
    const std::uint64_t now = loop_.now_ms();
    if (probe_sent_ms_ != 0 && now - probe_sent_ms_ >= probe_limit_ms) {
        bus_->reconnect("carries no messages");
        return;
    }
    if (now - probed_ms_ < probe_interval_ms)
        return;
    probed_ms_ = now;
    if (probe_sent_ms_ == 0)
        probe_sent_ms_ = now;
    bus_->publish(
        probe_channel_, {},
        [this](redis::publish_outcome outcome) {
            if (outcome == redis::publish_outcome::refused)
                probes_ = false;
        },
        false);
}

void redis_broker::drop_invalid(std::string_view channel, std::string_view why)
{
    ++invalid_;
    const std::uint64_t now = loop_.now_ms();
    if (invalid_told_ms_ != 0 && now - invalid_told_ms_ < invalid_log_interval_ms)
        return;
    invalid_told_ms_ = now;
    log_.warn("a message of another node is none, and was dropped",
              {{"channel", channel}, {"error", why}, {"dropped_in_all", invalid_.load()}});
}

redis::subscription_kind redis_broker::subscription() const noexcept
{
    return options_.channels.sharded() ? subscription_kind::shard : subscription_kind::channel;
}

} // namespace cresset::broker
