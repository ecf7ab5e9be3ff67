#include "redis/publisher.hpp"

#include "redis/command.hpp"

#include <utility>

namespace cresset::redis {

publisher::publisher(net::connection_set& connections, const link_settings& settings,
                     server_finder& servers, observer& o, std::size_t queue_bytes_max)
    : loop_(connections.loop()),
      queue_bytes_max_(queue_bytes_max),
      observer_(o),
      pipeline_(connections, settings, servers, *this)
{}

publisher::accepted publisher::publish(std::string_view channel, std::string_view payload,
                                       done then, bool counted)
{
    publication message{{}, std::move(then), counted};
    if (channel.size() + payload.size() <= queue_bytes_max_) // else it is not worth a copy
        message.command = make_command({"PUBLISH", channel, payload});
    std::vector<done> given_way;
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
    tally_.count(counted, publish_outcome::dropped);
    return accepted::lost;
}

// Under mutex_. The oldest make room; whom to tell that is moved to given_way.
bool publisher::admit(publication& message, std::vector<done>& given_way)
{
    const std::size_t size = message.command.size();
    if (stopped_ || size > queue_bytes_max_)
        return false;
    while (queue_bytes_ + size > queue_bytes_max_) {
        publication& oldest = queue_.front();
        tally_.count(oldest.counted, publish_outcome::dropped);
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
    return tally_.totals(queue_bytes_ + pipeline_.bytes());
}

void publisher::start()
{
    {
        const std::lock_guard lock(mutex_);
        stopped_ = false;
    }
    pipeline_.start();
}

void publisher::stop()
{
    std::deque<publication> unsent;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true; // and nothing is posted any more that needs this
        unsent.swap(queue_);
        queue_bytes_ = 0;
    }
    up_ = false;
    pipeline_.stop();
    for (publication& message : unsent)
        tally_.conclude(message, publish_outcome::dropped);
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
    return queue_.empty() && pipeline_.idle();
}

void publisher::on_pipeline_up()
{
    refusal_told_ = false;
    up_ = true;
    observer_.on_publisher_up();
    pump();
}

void publisher::on_pipeline_down(std::string_view why)
{
    up_ = false;
    observer_.on_publisher_down(why);
}

void publisher::on_refused(publication& p, std::string_view error)
{
    tally_.conclude(p, publish_outcome::refused);
    if (pipeline_.up() && !std::exchange(refusal_told_, true)) // unless that ended it
        observer_.on_publish_refused(error);
}

void publisher::on_unconfirmed(publication& p)
{
    tally_.conclude(p, publish_outcome::unconfirmed);
}

// As much as the window takes, in one piece.
void publisher::pump()
{
    {
        const std::lock_guard lock(mutex_);
        pump_is_posted_ = false;
        while (!held_ && !queue_.empty() && pipeline_.room() != 0) {
            queue_bytes_ -= queue_.front().command.size();
            pipeline_.add(std::move(queue_.front()));
            queue_.pop_front();
        }
    }
    pipeline_.flush();
}

} // namespace cresset::redis
