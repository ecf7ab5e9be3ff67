#include "redis/cluster_master.hpp"

#include <utility>

namespace cresset::redis {

cluster_master::cluster_master(net::connection_set& connections, const link_settings& settings,
                               address where, bool subscribes, owner& o)
    : loop_(connections.loop()),
      where_(std::move(where)),
      finder_({where_}),
      owner_(o),
      pipeline_(connections, settings, finder_, *this)
{
    if (subscribes)
        subscriber_.emplace(connections, settings, finder_,
                            static_cast<subscriber::observer&>(*this));
}

void cluster_master::start()
{
    pipeline_.start();
    if (subscriber_)
        subscriber_->start();
}

void cluster_master::retire()
{
    enter(state::retired);
    if (subscriber_)
        subscriber_->stop();
}

void cluster_master::stop()
{
    enter(state::stopped);
    pipeline_.stop();
    if (subscriber_)
        subscriber_->stop();
}

void cluster_master::reconnect(std::string_view why)
{
    pipeline_.reconnect(why);
    if (subscriber_)
        subscriber_->reconnect(why);
}

void cluster_master::want(const std::string& channel)
{
    subscriber_->want(channel, subscription_kind::shard);
}

void cluster_master::unwant(const std::string& channel)
{
    subscriber_->unwant(channel, subscription_kind::shard);
}

void cluster_master::on_pipeline_up()
{
    up_ms_ = loop_.now_ms();
    owner_.on_up(*this);
}

void cluster_master::on_refused(publication& p, std::string_view error)
{
    owner_.on_refused(p, error);
}

void cluster_master::on_message(std::string_view channel, std::string_view payload)
{
    owner_.on_message(channel, payload);
}

void cluster_master::on_refused(std::string_view channel, std::string_view error)
{
    owner_.on_refused(channel, error);
}

void cluster_master::enter(state s)
{
    state_ = s;
    ended_ms_ = loop_.now_ms();
}

} // namespace cresset::redis
