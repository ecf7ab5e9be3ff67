#include "redis/bus.hpp"

#include "redis/pubsub_bus.hpp"

#include <stdexcept>

namespace cresset::redis {

std::unique_ptr<bus> make_bus(bus_kind kind, net::connection_set& connections, const options& how,
                              bus::observer& o)
{
    if (kind == bus_kind::sharded || kind == bus_kind::sharded_publish_only)
        throw std::runtime_error("sharded Pub/Sub is not supported yet");
    return std::make_unique<pubsub_bus>(connections, how, o, kind != bus_kind::publish_only);
}

} // namespace cresset::redis
