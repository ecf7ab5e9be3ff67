#include "hub/hub.hpp"

#include "hub/shard.hpp"
#include "protocol/event_writer.hpp"
#include "protocol/json_member.hpp"
#include "protocol/room_list.hpp"
#include "ws/frame_writer.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace cresset::hub {
namespace {

using broker::target_kind;

// The group that a destination is on each shard. Clients are none: their ids say where they are.
group_kind kind_of(target_kind kind)
{
    switch (kind) {
    case target_kind::user:
        return group_kind::user;
    case target_kind::broadcast:
        return group_kind::everyone;
    case target_kind::room:
    case target_kind::client:
        break;
    }
    return group_kind::room;
}

group_key key_of(destination to)
{
    return {kind_of(to.kind), to.name};
}

// The client that a destination is, by itself or by its own room.
std::optional<base::client_id> client_of(destination to)
{
    if (to.kind == target_kind::client || to.kind == target_kind::room)
        return base::client_id::parse(to.name);
    return std::nullopt;
}

send_result result_of(std::size_t recipients)
{
    return {recipients != 0 ? send_status::sent : send_status::nobody, recipients};
}

fleet_status fleet_of(broker::publish_status status)
{
    switch (status) {
    case broker::publish_status::no_others:
        return fleet_status::no_others;
    case broker::publish_status::handed:
        return fleet_status::handed;
    case broker::publish_status::waiting:
        return fleet_status::waiting;
    case broker::publish_status::lost:
        break;
    }
    return fleet_status::lost;
}

// What the call says, from what became of it here and elsewhere. What was dropped here was not
// given to those here, which local_only would say.
send_status status_of(send_status here, fleet_status fleet)
{
    if (here == send_status::dropped)
        return here;
    if (fleet == fleet_status::waiting || fleet == fleet_status::lost)
        return send_status::local_only;
    return fleet == fleet_status::handed ? send_status::sent : here;
}

} // namespace

hub::hub(const options& settings, application& app, broker::broker& nodes, base::log& log,
         unsigned shard_count)
    : settings_(settings),
      app_(app),
      broker_(nodes),
      log_(log),
      server_id_(base::client_id_generator().next().to_string()),
      waiting_(settings.queue_bytes_total_max),
      names_(nodes),
      addresses_(settings.clients_an_address_max),
      shards_(shard_count)
{
    assert(shard_count >= 1 && shard_count <= shards_max);
}

hub::~hub()
{
    sever();
    // Joins that were on their way when the shards ended.
    names_.for_each([this](const group_key& key, shard_set shards) {
        for (int i = 0; i < std::popcount(shards); ++i)
            broker_.remove_interest(target_of(key.kind), key.name);
    });
}

void hub::start()
{
    attached_ = true;
    broker_.attach(*this);
    running_ = true;
}

void hub::sever()
{
    running_ = false;
    if (std::exchange(attached_, false))
        broker_.detach(*this);
    for (const auto& s : shards_)
        if (s)
            s->line()->cut();
}

shard& hub::add_shard(unsigned index, net::connection_set& connections)
{
    assert(!shards_[index]);
    shards_[index] = std::make_unique<shard>(*this, index, connections);
    return *shards_[index];
}

send_result hub::send(destination to, outgoing_event event, excluded_clients exclude, reach how_far)
{
    if (!running_)
        return {send_status::not_running};
    const fleet_status fleet =
        how_far == reach::fleet ? fleet_of(publish(to, event, exclude)) : fleet_status::not_asked;
    send_result result = send_here(to, event, exclude);
    result.fleet = fleet;
    result.status = status_of(result.status, fleet);
    return result;
}

send_result hub::route(std::optional<std::string_view> to, outgoing_event event)
{
    if (event.name.empty() || event.data.empty())
        return {send_status::invalid};
    if (!to || to->empty())
        return send({target_kind::broadcast, {}}, event, {}, reach::fleet);
    const auto id = base::client_id::parse(*to);
    const bool is_client = id && home_of(*id).has_client(*id);
    return send({is_client ? target_kind::client : target_kind::room, *to}, event, {},
                reach::fleet);
}

bool hub::join(const base::client_id& id, std::string_view room, std::function<void()> done)
{
    if (room.empty() || base::client_id::parse(room))
        return false;
    shard& home = home_of(id);
    if (!running_ || !home.has_client(id))
        return false;
    // Told before it is true, so that what this thread sends next is posted behind the join.
    home.expect(room);
    home.run([&home, id, room = std::string(room)] { home.join_expected(home.find(id), room); });
    if (done)
        broker_.when_settled([line = home.line(), &home, done = std::move(done)]() mutable {
            line->post([&home, done = std::move(done)] { home.guarded("join_room", done); });
        });
    return true;
}

bool hub::leave(const base::client_id& id, std::string_view room)
{
    if (room.empty() || base::client_id::parse(room))
        return false;
    return visit(id, [room = std::string(room)](shard& home, session& s) {
        home.leave(s, {group_kind::room, room});
    });
}

bool hub::disconnect(const base::client_id& id, ws::close_code code, std::string_view reason)
{
    return visit(
        id, [code, reason = std::string(reason)](shard&, session& s) { s.close(code, reason); });
}

bool hub::encrypt(const base::client_id& id)
{
    return visit(id, [](shard& home, session& s) { home.set_encrypted(s); });
}

bool hub::is_member(const base::client_id& id, std::string_view room) const
{
    if (const auto own = base::client_id::parse(room))
        return *own == id && home_of(id).has_client(id);
    return home_of(id).is_member(id, {group_kind::room, room});
}

std::size_t hub::count(destination who) const
{
    if (client_of(who))
        return describe(who).size();
    std::size_t sum = 0;
    const shard_set where = shards_of(key_of(who));
    for (unsigned i = 0; i < shard_count(); ++i)
        if (where >> i & 1)
            sum += at(i).count(key_of(who));
    return sum;
}

std::vector<client_info> hub::describe(destination who) const
{
    std::vector<client_info> found;
    if (const auto id = client_of(who)) {
        auto one = home_of(*id).describe(*id);
        // A client's own room is one that it is in from authentication on.
        const bool as_room = who.kind == target_kind::room;
        if (one && (!as_room || one->state == client_state::authenticated))
            found.push_back(std::move(*one));
        return found;
    }
    // Everybody, not only those that have authenticated.
    const bool all = who.kind == target_kind::broadcast;
    const shard_set where = shards_of(key_of(who));
    for (unsigned i = 0; i < shard_count(); ++i) {
        if (all)
            at(i).describe_all(found);
        else if (where >> i & 1)
            at(i).describe_members(key_of(who), found);
    }
    return found;
}

totals hub::count() const noexcept
{
    totals sum;
    for (const auto& s : shards_) {
        sum += s->counts();
        sum.longest_turn = std::max(sum.longest_turn, s->loop().longest_turn());
    }
    sum.dropped_in_transit = transit_.dropped();
    return sum;
}

hub::clients_now hub::clients() const noexcept
{
    clients_now sum;
    for (const auto& s : shards_) {
        sum.all += s->counts().sessions.value();
        sum.authenticated += s->counts().authenticated.value();
    }
    return sum;
}

void hub::on_node_message(const broker::node_message& message)
{
    if (running_)
        send_here({message.kind, message.target}, {message.event, message.data}, message.exclude);
}

send_result hub::send_here(destination to, outgoing_event event, excluded_clients exclude)
{
    if (const auto id = client_of(to)) {
        if (std::ranges::find(exclude, *id) != exclude.end() || !home_of(*id).has_client(*id))
            return {};
        return send_to_client(*id, make_delivery(to, event, {}));
    }
    if (to.kind == target_kind::client || shards_of(key_of(to)) == 0)
        return {};
    return fan_out(make_delivery(to, event, exclude));
}

send_result hub::send_to_client(const base::client_id& id, shared_delivery message)
{
    shard& home = home_of(id);
    if (home.in_thread()) {
        home.deliver_to(id, *message);
        return result_of(1);
    }
    transit::ticket ticket = enter_transit(message->frame.size());
    if (!ticket)
        return {send_status::dropped};
    home.loop().post([&home, id, message = std::move(message), ticket = std::move(ticket)] {
        home.deliver_to(id, *message);
    });
    return result_of(1);
}

// The message was made once; only shards that have somebody to give it to hear of it.
send_result hub::fan_out(const shared_delivery& message)
{
    const shard_set where = shards_of(message->key());
    send_result result;
    bool dropped = false;
    for (unsigned i = 0; i < shard_count(); ++i) {
        if (!(where >> i & 1))
            continue;
        shard& target = at(i);
        // Nobody yet, perhaps: a join may be on its way there, in front of this.
        const std::size_t recipients = target.count(message->key(), message->exclude);
        if (target.in_thread()) {
            target.deliver(message);
        } else if (transit::ticket ticket = enter_transit(message->frame.size())) {
            target.loop().post(
                [&target, message, ticket = std::move(ticket)] { target.deliver(message); });
        } else {
            dropped = true;
            continue;
        }
        result.recipients += recipients;
    }
    result.status = dropped ? send_status::dropped : result_of(result.recipients).status;
    return result;
}

transit::ticket hub::enter_transit(std::size_t bytes)
{
    transit::ticket ticket = transit_.enter(bytes);
    if (!ticket && transit_.begins_to_drop())
        log_.warn(
            "the threads fall behind: messages between them are dropped",
            {{"waiting_bytes_max", transit::bytes_max}, {"dropped_in_all", transit_.dropped()}});
    return ticket;
}

shared_delivery hub::make_delivery(destination to, outgoing_event event,
                                   excluded_clients exclude) const
{
    delivery made{
        .kind = kind_of(to.kind),
        .name = std::string(to.name),
        .frame = ws::make_frame(ws::opcode::text, protocol::write_event(event.name, event.data)),
        .text = nullptr,
        .exclude = client_ids(exclude.begin(), exclude.end()),
        .policy = settings_.slow_clients};
    if (app_.has_transform())
        made.text = std::make_shared<const event_text>(
            event_text{std::string(event.name), std::string(event.data)});
    set_policy(made, event);
    return std::make_shared<const delivery>(std::move(made));
}

// The policy for its event, and what it is about.
void hub::set_policy(delivery& message, outgoing_event event) const
{
    const auto own = std::ranges::find(settings_.event_policies, event.name, &event_policy::event);
    if (own != settings_.event_policies.end())
        message.policy = own->policy;
    if (message.policy != slow_client_policy::keep_latest)
        return;
    const bool by_member = own != settings_.event_policies.end() && !own->key.empty();
    const std::string_view value =
        by_member ? protocol::find_member(event.data, own->key) : std::string_view{};
    if (by_member && value.empty())
        return;
    // With its length in front, no name can be taken for the beginning of another.
    message.replace_key = std::to_string(static_cast<int>(message.kind));
    for (const std::string_view part : {std::string_view(message.name), event.name, value})
        message.replace_key.append(",")
            .append(std::to_string(part.size()))
            .append(",")
            .append(part);
}

broker::publish_status hub::publish(destination to, outgoing_event event, excluded_clients exclude)
{
    return broker_.publish({server_id_, to.kind, to.name, event.name, event.data, exclude});
}

shard_set hub::shards_of(const group_key& key) const
{
    return key.kind == group_kind::everyone ? ~shard_set{0} : names_.find(key);
}

template <typename Function>
bool hub::visit(const base::client_id& id, Function f)
{
    shard& home = home_of(id);
    if (!running_ || !home.has_client(id))
        return false;
    home.run([&home, id, f = std::move(f)] {
        if (session* s = home.find(id))
            f(home, *s);
    });
    return true;
}

} // namespace cresset::hub
