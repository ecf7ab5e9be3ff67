#include "redis/bus.hpp"

#include "redis/pubsub_bus.hpp"
#include "redis/sharded_bus.hpp"

#include <cresset/errors.hpp>

namespace cresset::redis {

std::unique_ptr<bus> make_bus(bus_kind kind, net::connection_set& connections, const options& how,
                              bus::observer& o)
{
    const bool subscribes = kind == bus_kind::pubsub || kind == bus_kind::sharded;
    if (kind == bus_kind::pubsub || kind == bus_kind::publish_only)
        return std::make_unique<pubsub_bus>(connections, how, o, subscribes);
    if (how.where.kind != topology::cluster)
        throw option_error("redis.sharded", "is for redis+cluster alone");
    return std::make_unique<sharded_bus>(connections, how, o, subscribes);
}

} // namespace cresset::redis
