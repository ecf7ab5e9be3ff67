#include "hub/hub.hpp"

#include "hub/shard.hpp"
#include "protocol/event_writer.hpp"
#include "ws/frame_writer.hpp"

#include <optional>
#include <algorithm>
#include <cassert>
#include <utility>

namespace cresset::hub {
namespace {

std::string make_message(outgoing_event event)
{
    return ws::make_frame(ws::opcode::text, protocol::write_event(event.name, event.data));
}

} // namespace

hub::hub(const options& settings, application& app, broker::broker& nodes, base::log& log,
         unsigned shard_count)
    : settings_(settings), app_(app), broker_(nodes), log_(log),
      server_id_(base::client_id_generator().next().to_string()), shards_(shard_count)
{
    assert(shard_count >= 1 && shard_count <= shards_max);
    broker_.attach(*this);
}

hub::~hub()
{
    broker_.detach(*this);
}

shard& hub::add_shard(unsigned index, net::connection_set& connections)
{
    assert(!shards_[index]);
    shards_[index] = std::make_unique<shard>(*this, index, connections);
    return *shards_[index];
}

void hub::send_to_client(const base::client_id& id, outgoing_event event)
{
    shard& home = home_of(id);
    home.run([&home, id, frame = make_message(event)] { home.send_to_client(id, frame); });
}

void hub::send_to_user(std::string_view user_id, outgoing_event event)
{
    fan_out(group_kind::user, user_id, event, {});
}

void hub::send_to_room(std::string_view room, outgoing_event event, client_ids exclude)
{
    // Every client has a room of its own id, which no shard keeps: its id says where it is.
    if (const std::optional<base::client_id> id = base::parse_client_id(room)) {
        if (std::find(exclude.begin(), exclude.end(), *id) == exclude.end())
            send_to_client(*id, event);
        return;
    }
    fan_out(group_kind::room, room, event, std::move(exclude));
}

void hub::broadcast(outgoing_event event, client_ids exclude)
{
    fan_out(group_kind::everyone, {}, event, std::move(exclude));
}

void hub::send_to_room_everywhere(std::string_view room, outgoing_event event, client_ids exclude)
{
    broker_.publish({server_id_, broker::target_kind::room, std::string(room),
                     std::string(event.name), std::string(event.data), exclude});
    send_to_room(room, event, std::move(exclude));
}

bool hub::is_member(const base::client_id& id, std::string_view room) noexcept
{
    shard& home = home_of(id);
    assert(home.in_thread());
    const session* s = home.find(id);
    return s && home.contains(*s, {group_kind::room, room});
}

void hub::count_refused_joins(const base::client_id& id, std::size_t rooms) noexcept
{
    assert(home_of(id).in_thread());
    home_of(id).counts().refused_joins.add(rooms);
}

totals hub::count() const noexcept
{
    totals sum;
    for (const auto& s : shards_)
        sum += s->counts();
    return sum;
}

void hub::on_node_message(const broker::node_message& message)
{
    const outgoing_event event{message.event, message.data};
    switch (message.kind) {
    case broker::target_kind::client:
        if (const auto id = base::parse_client_id(message.target))
            send_to_client(*id, event);
        break;
    case broker::target_kind::user:
        send_to_user(message.target, event);
        break;
    case broker::target_kind::room:
        send_to_room(message.target, event, message.exclude);
        break;
    case broker::target_kind::broadcast:
        broadcast(event, message.exclude);
        break;
    }
}

// The message is made once; only shards that have somebody to give it to hear of it.
void hub::fan_out(group_kind kind, std::string_view name, outgoing_event event, client_ids exclude)
{
    const shard_set targets =
        kind == group_kind::everyone ? ~shard_set{0} : names_.find({kind, name});
    if (targets == 0)
        return;
    const shared_delivery message = std::make_shared<const delivery>(
        delivery{kind, std::string(name), make_message(event), std::move(exclude)});
    for (unsigned i = 0; i < shard_count(); ++i)
        if (targets >> i & 1)
            at(i).run([&target = at(i), message] { target.deliver(*message); });
}

} // namespace cresset::hub
