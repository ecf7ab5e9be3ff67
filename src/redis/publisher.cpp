#include "redis/publisher.hpp"

#include "redis/command.hpp"

#include <utility>

namespace cresset::redis {

publisher::publisher(net::connection_set& connections, const link_settings& settings,
                     server_finder& servers, observer& o, std::size_t queue_bytes_max,
                     std::string_view command)
    : loop_(connections.loop()),
      command_(command),
      queue_bytes_max_(queue_bytes_max),
      observer_(o),
      link_(connections, settings, servers, *this)
{}

publisher::accepted publisher::publish(std::string_view channel, std::string_view payload,
                                       done then, bool counted)
{
    waiting message{{}, std::move(then), counted};
    if (channel.size() + payload.size() <= queue_bytes_max_) // else it is not worth a copy
        message.command = make_command({command_, channel, payload});
    std::deque<done> given_way;
    bool taken;
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        taken = !message.command.empty() && admit(message, given_way);
        if (taken)
            first = !std::exchange(pump_is_posted_, true);
    }
    if (first)
        loop_.post([this] { pump(); });
    if (!given_way.empty())
        loop_.post([given_way = std::move(given_way)]() mutable {
            for (done& old : given_way)
                old(publish_outcome::dropped);
        });
    if (taken)
        return up() ? accepted::handed : accepted::waiting;
    if (counted)
        ++dropped_;
    return accepted::lost;
}

// Under mutex_. The oldest make room; whom to tell that is moved to given_way.
bool publisher::admit(waiting& message, std::deque<done>& given_way)
{
    const std::size_t size = message.command.size();
    if (stopped_ || size > queue_bytes_max_)
        return false;
    while (queue_bytes_ + size > queue_bytes_max_) {
        waiting& oldest = queue_.front();
        if (oldest.counted)
            ++dropped_;
        if (oldest.then)
            given_way.push_back(std::move(oldest.then));
        queue_bytes_ -= oldest.command.size();
        queue_.pop_front();
    }
    queue_bytes_ += size;
    queue_.push_back(std::move(message));
    return true;
}

publisher::totals publisher::counts() const noexcept
{
    const std::lock_guard lock(mutex_);
    return {.taken = taken_,
            .refused = refused_,
            .dropped = dropped_,
            .unconfirmed = unconfirmed_,
            .queued_bytes = queue_bytes_ + under_way_bytes_seen_};
}

void publisher::start()
{
    {
        const std::lock_guard lock(mutex_);
        stopped_ = false;
    }
    link_.start();
}

void publisher::stop()
{
    std::deque<waiting> unsent;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true; // and nothing is posted any more that needs this
        unsent.swap(queue_);
        queue_bytes_ = 0;
    }
    up_ = false;
    link_.stop();
    fail_under_way();
    for (waiting& message : unsent) {
        if (message.counted)
            ++dropped_;
        if (message.then)
            message.then(publish_outcome::dropped);
    }
}

void publisher::hold(bool on)
{
    held_ = on;
    if (!held_)
        pump();
}

bool publisher::idle() const
{
    const std::lock_guard lock(mutex_);
    return queue_.empty() && under_way_bytes_ == 0;
}

void publisher::on_link_up()
{
    refusal_told_ = false;
    up_ = true;
    observer_.on_publisher_up();
    pump();
}

void publisher::on_link_down(std::string_view why)
{
    up_ = false;
    fail_under_way();
    if (!stopped_) // by one of those who were told
        observer_.on_publisher_down(why);
}

void publisher::on_link_quiet()
{
    link_.send(make_command({"PING"}));
    under_way_.push_back({0, {}, false});
}

void publisher::on_link_reply(const reply& r)
{
    if (under_way_.empty()) {
        link_.reconnect("answers what was not asked");
        return;
    }
    under_way message = std::move(under_way_.front());
    under_way_.pop_front();
    under_way_bytes_ -= message.bytes;
    under_way_bytes_seen_ = under_way_bytes_;
    if (message.bytes == 0)
        return;
    conclude(message, r.is_error() ? publish_outcome::refused : publish_outcome::taken);
    if (!link_.up())
        return;
    if (r.is_error()) {
        if (r.text().starts_with("MOVED ") || r.text().starts_with("ASK "))
            observer_.on_publish_moved();
        else if (!std::exchange(refusal_told_, true))
            observer_.on_publish_refused(r.text());
    }
    if (under_way_bytes_ <= window_bytes / 2)
        pump();
}

// As much as the window takes, in one piece.
void publisher::pump()
{
    std::string batch;
    {
        const std::lock_guard lock(mutex_);
        pump_is_posted_ = false;
        if (!link_.up() || held_)
            return;
        while (!queue_.empty() && under_way_bytes_ < window_bytes) {
            waiting& message = queue_.front();
            const std::size_t size = message.command.size();
            queue_bytes_ -= size;
            under_way_bytes_ += size;
            under_way_.push_back({size, std::move(message.then), message.counted});
            if (batch.empty())
                batch = std::move(message.command);
            else
                batch += message.command;
            queue_.pop_front();
        }
        under_way_bytes_seen_ = under_way_bytes_;
    }
    if (!batch.empty())
        link_.send(batch);
}

void publisher::conclude(under_way& message, publish_outcome outcome)
{
    std::atomic<std::uint64_t>& total = outcome == publish_outcome::taken     ? taken_
                                        : outcome == publish_outcome::refused ? refused_
                                                                              : unconfirmed_;
    if (message.counted)
        total.fetch_add(1, std::memory_order_relaxed);
    if (message.then)
        message.then(outcome);
}

void publisher::fail_under_way()
{
    std::deque<under_way> lost;
    lost.swap(under_way_);
    under_way_bytes_ = 0;
    under_way_bytes_seen_ = 0;
    for (under_way& message : lost)
        if (message.bytes != 0)
            conclude(message, publish_outcome::unconfirmed);
}

} // namespace cresset::redis
