#include "redis/pipeline.hpp"

#include "redis/command.hpp"

#include <utility>

namespace cresset::redis {

pipeline::pipeline(net::connection_set& connections, const link_settings& settings,
                   server_finder& servers, owner& o)
    : loop_(connections.loop()), owner_(o), link_(connections, settings, servers, *this)
{}

void pipeline::stop()
{
    stopped_ = true;
    link_.stop();
    fail_under_way();
}

std::size_t pipeline::room() const noexcept
{
    const bool stalled = bytes_ != 0 && loop_.now_ms() - waits_since_ms_ >= patience_ms;
    return up() && !stalled && bytes_ < window_bytes ? window_bytes - bytes_ : 0;
}

void pipeline::add(publication p)
{
    if (bytes_ == 0)
        waits_since_ms_ = loop_.now_ms();
    bytes_ += p.command.size();
    batch_ += p.command;
    under_way_.push_back(std::move(p));
}

void pipeline::flush()
{
    if (!batch_.empty())
        link_.send(std::exchange(batch_, {}));
}

void pipeline::on_link_up()
{
    owner_.on_pipeline_up();
}

void pipeline::on_link_down(std::string_view why)
{
    fail_under_way();
    if (!stopped_) // by one of those who were told
        owner_.on_pipeline_down(why);
}

void pipeline::on_link_quiet()
{
    link_.send(make_command({"PING"}));
    under_way_.push_back({});
}

void pipeline::on_link_reply(const reply& r)
{
    if (under_way_.empty()) {
        link_.reconnect("answers what was not asked");
        return;
    }
    publication p = std::move(under_way_.front());
    under_way_.pop_front();
    if (p.command.empty())
        return;
    bytes_ -= p.command.size();
    waits_since_ms_ = loop_.now_ms();
    if (r.is_error())
        owner_.on_refused(p, r.text());
    else
        owner_.on_taken(p);
    if (up() && bytes_ <= window_bytes / 2)
        owner_.on_pipeline_room();
}

void pipeline::fail_under_way()
{
    std::deque<publication> lost;
    lost.swap(under_way_);
    batch_.clear();
    bytes_ = 0;
    for (publication& p : lost)
        if (!p.command.empty())
            owner_.on_unconfirmed(p);
}

} // namespace cresset::redis
