#include "redis/pubsub_bus.hpp"

namespace cresset::redis {

pubsub_bus::pubsub_bus(net::connection_set& connections, const options& how, bus::observer& o,
                       bool subscribes)
    : observer_(o),
      servers_(connections, how,
               [this] {
                   // The nodes of a cluster are as good as each other; a master is not.
                   if (!servers_.cluster())
                       reconnect("another master");
               }),
      to_publish_(servers_.finder(0)),
      to_subscribe_(servers_.finder(1)),
      publisher_(connections, servers_.settings(), *to_publish_, *this, how.queue_bytes_max)
{
    if (subscribes)
        subscriber_.emplace(connections, servers_.settings(), *to_subscribe_,
                            static_cast<subscriber::observer&>(*this));
}

void pubsub_bus::start()
{
    servers_.start();
    publisher_.start();
    if (subscriber_)
        subscriber_->start();
}

void pubsub_bus::stop()
{
    servers_.stop();
    publisher_.stop();
    if (subscriber_)
        subscriber_->stop();
}

void pubsub_bus::want(const std::string& channel, subscription_kind kind)
{
    subscriber_->want(channel, kind);
}

void pubsub_bus::unwant(const std::string& channel, subscription_kind kind)
{
    subscriber_->unwant(channel, kind);
}

publisher::accepted pubsub_bus::publish(std::string_view channel, std::string_view payload,
                                        publisher::done then, bool counted)
{
    return publisher_.publish(channel, payload, std::move(then), counted);
}

bool pubsub_bus::complete() const
{
    return publisher_.up() && (!subscriber_ || subscriber_->complete());
}

void pubsub_bus::reconnect(std::string_view why)
{
    publisher_.reconnect(why);
    if (subscriber_)
        subscriber_->reconnect(why);
}

void pubsub_bus::on_publish_refused(std::string_view error)
{
    observer_.on_refused("PUBLISH", error);
}

void pubsub_bus::on_message(std::string_view channel, std::string_view payload)
{
    observer_.on_message(channel, payload);
}

void pubsub_bus::on_refused(std::string_view channel, std::string_view error)
{
    observer_.on_refused(channel, error);
}

} // namespace cresset::redis
