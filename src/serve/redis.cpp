#include "serve/redis.hpp"

#include "broker/memory_broker.hpp"
#include "broker/redis_broker.hpp"
#include "redis/public_options.hpp"

namespace cresset::serve {
namespace {

broker::redis_broker_options to_broker_options(const redis_options& options)
{
    broker::redis_broker_options to;
    to.redis = redis::to_options(options, "cresset");
    to.channels = broker::channel_names(options);
    to.ready_timeout = options.ready_timeout;
    to.exact = options.subscribe == redis_subscribe::exact;
    to.linger = options.linger;
    return to;
}

} // namespace

std::unique_ptr<broker::broker> make_broker(const redis_options& options, base::log& log)
{
    redis::check_options(options);
    if (options.url.empty())
        return std::make_unique<broker::memory_broker>();
    return std::make_unique<broker::redis_broker>(to_broker_options(options), log);
}

} // namespace cresset::serve
