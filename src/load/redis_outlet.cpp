#include "load/redis_outlet.hpp"

#include "protocol/node_message_writer.hpp"
#include "redis/public_options.hpp"

namespace cresset::load {
namespace {

// What stands for a server's id, so that every server takes it (PROTOCOL.md, section 2).
constexpr std::string_view emitter_id = "emitter";

constexpr auto to_a_room = protocol::target_kind::room;

} // namespace

redis_outlet::redis_outlet(net::connection_set& connections, const redis_options& options,
                           std::string_view room)
    : room_(room),
      channel_(broker::channel_names(options).of(to_a_room, room)),
      bus_(redis::make_bus(options.sharded ? redis::bus_kind::sharded_publish_only
                                           : redis::bus_kind::publish_only,
                           connections, redis::to_options(options, "cresset-bench"), *this))
{
    bus_->start();
}

void redis_outlet::publish(const message_codec& codec, const stamp& s)
{
    data_.clear();
    codec.append(data_, s);
    bus_->publish(channel_, protocol::write_node_message(
                                {emitter_id, to_a_room, room_, message_event, data_, {}}));
}

std::uint64_t redis_outlet::unpublished() const
{
    const auto counts = bus_->counts();
    return counts.refused + counts.dropped + counts.unconfirmed;
}

void redis_outlet::on_refused(std::string_view, std::string_view error)
{
    last_error_ = error;
}

void redis_outlet::on_change(std::string_view why)
{
    if (!why.empty())
        last_error_ = why;
}

} // namespace cresset::load
