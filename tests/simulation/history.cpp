#include "simulation/history.hpp"

#include "protocol/event_writer.hpp"
#include "simulation/broken.hpp"

#include <algorithm>
#include <string>

namespace cresset::simulation {

using protocol::target_kind;
using std::chrono::milliseconds;

const std::vector<history::weighted>& history::actions()
{
    static const std::vector<weighted> all{{&history::connect, 8},
                                           {&history::authenticate, 12},
                                           {&history::join, 12},
                                           {&history::leave, 4},
                                           {&history::say, 16},
                                           {&history::make_noise, 6},
                                           {&history::misbehave, 1},
                                           {&history::close, 1},
                                           {&history::finish, 1},
                                           {&history::drop, 1},
                                           {&history::read_or_not, 12},
                                           {&history::send, 16},
                                           {&history::send_much, 5},
                                           {&history::route, 3},
                                           {&history::emit, 5},
                                           {&history::join_by_node, 3},
                                           {&history::leave_by_node, 2},
                                           {&history::disconnect, 1},
                                           {&history::answer_identity, 4},
                                           {&history::answer_join, 4},
                                           {&history::lag, 3},
                                           {&history::cut, 1},
                                           {&history::heal, 3},
                                           {&history::stop, 1},
                                           {&history::catch_up, 4}};
    return all;
}

history::history(std::uint64_t seed, std::ostream* trace)
    : chance_(seed),
      trace_(trace),
      shape_(random_shape(chance_)),
      heavy_(shape_.settings.queue_bytes_max > 64 * 1024),
      world_(shape_, chance_),
      model_(world_, shape_)
{
    note(std::to_string(shape_.nodes) + " nodes of " + std::to_string(shape_.shards) +
         " shards, queues of " + std::to_string(shape_.settings.queue_bytes_max) + " bytes");
}

// Small limits and short times, so that a history reaches them.
world::shape history::random_shape(dice& chance)
{
    world::shape shape;
    shape.nodes = static_cast<unsigned>(chance.between(1, 3));
    shape.shards = static_cast<unsigned>(chance.between(1, 3));
    hub::options& of = shape.settings;
    of.auth_timeout = milliseconds(chance.between(300, 1'500));
    of.heartbeat_interval = milliseconds(chance.between(500, 1'500));
    of.heartbeat_timeout = milliseconds(chance.between(2'000, 5'000));
    of.idle_timeout = milliseconds(chance.one_in(4) ? 0 : chance.between(1'500, 6'000));
    of.send_pings = !chance.one_in(4);
    of.frames.message_bytes_max = 8 * 1024;
    of.first_frames.message_bytes_max = 8 * 1024;
    of.queue_bytes_max = chance.between(4'000, 30'000);
    if (chance.one_in(6)) { // several slow clients of one shard reach the limit of all
        shape.shards = 1;
        of.queue_bytes_max = 50'000;
        of.queue_bytes_total_max = 66'000;
    }
    if (chance.one_in(8))
        of.queue_bytes_max = 200'000;
    const auto policy = [&] { return static_cast<slow_client_policy>(chance.below(4)); };
    of.slow_clients = policy();
    for (const char* event : {"news", "chat", "price"})
        if (!chance.one_in(3))
            of.event_policies.push_back({event, policy(), chance.one_in(2) ? "k" : ""});
    return shape;
}

void history::run()
{
    begin();
    for (std::size_t left = chance_.between(10, 80); left > 0; --left) {
        if (chance_.one_in(200))
            stop_slowly();
        else if (chance_.one_in(8))
            pass_time();
        else if (chance_.one_in(12))
            count_on_it();
        else
            batch();
    }
    end_all();
}

// Some clients are there from the first, and most of them in rooms.
void history::begin()
{
    for (std::size_t left = chance_.between(1, 8); left > 0; --left)
        connect();
    model_.settle();
    for (std::size_t left = chance_.between(1, 10); left > 0; --left)
        authenticate();
    model_.settle();
    for (std::size_t left = chance_.between(1, 10); left > 0; --left)
        join();
    model_.settle();
}

void history::pass_time()
{
    const std::size_t ms =
        chance_.one_in(4) ? chance_.between(500, 4'000) : chance_.between(1, 300);
    note(std::to_string(ms) + " ms pass");
    model_.pass(ms);
}

// One thing at a time, or several at once, with parts of what follows from them in between.
void history::batch()
{
    if (chance_.one_in(2)) {
        act();
    } else {
        for (std::size_t left = chance_.between(2, 6); left > 0; --left) {
            act();
            world_.stir(chance_.below(8));
        }
    }
    note("---");
    model_.settle();
}

void history::act()
{
    std::size_t sum = 0;
    for (const weighted& w : actions())
        sum += w.weight;
    std::size_t at = chance_.below(sum);
    for (const weighted& w : actions()) {
        if (at < w.weight) {
            (this->*w.act)();
            return;
        }
        at -= w.weight;
    }
}

void history::end_all()
{
    note("Redis comes back, and everybody reads");
    for (unsigned i = 0; i < world_.nodes(); ++i)
        if (!world_.at(i).link().connected())
            world_.at(i).link().heal();
    for (std::size_t i = 0; i < world_.clients(); ++i)
        world_.client(i).set_reading(true);
    model_.settle();
    require(joins_done_ == joins_asked_, "who joins clients is told when it is done");
    model_.check_losses();
    const bool nodes_stop = chance_.one_in(2);
    note(nodes_stop ? "all nodes stop" : "all clients go");
    if (nodes_stop) {
        for (unsigned i = 0; i < world_.nodes(); ++i)
            if (!model_.stopping(i)) {
                world_.at(i).stop(milliseconds(0), milliseconds(5'000));
                model_.stop(i, 0);
            }
    } else {
        for (const auto& c : model_.clients())
            if (c->there())
                end_by_itself(*c);
    }
    model_.settle();
    model_.pass(15'000);
    model_.check_losses();
    model_.check_nothing_remains();
}

void history::note(const std::string& line)
{
    if (trace_)
        *trace_ << world_.time().now_ms() << " ms: " << line << '\n';
}

// --- choices ---

record* history::some_client(bool authenticated)
{
    std::vector<record*> all;
    for (const auto& c : model_.clients())
        if (c->there() && !c->busy && c->authenticated() == authenticated)
            all.push_back(c.get());
    return all.empty() ? nullptr : chance_.pick(all);
}

unsigned history::some_node()
{
    return static_cast<unsigned>(chance_.below(world_.nodes()));
}

std::string history::some_room()
{
    if (chance_.one_in(8))
        return chance_.one_in(2) ? "ws-default" : "lobby";
    return "r" + std::to_string(chance_.below(4));
}

group history::some_group()
{
    const std::size_t what = chance_.below(20);
    if (what < 4)
        return {target_kind::user, "u" + std::to_string(chance_.below(3))};
    if (what < 8)
        if (const record* c = some_client(!chance_.one_in(6)))
            return {chance_.one_in(2) ? target_kind::client : target_kind::room, c->id};
    if (what < 11)
        return {target_kind::broadcast, {}};
    return {target_kind::room, some_room()};
}

// What is sent is {"n":17,"k":1,"pad":"..."} of one of three events.
sent history::some_message(int sender, unsigned node, group to, std::size_t pad_max)
{
    static constexpr const char* events[] = {"news", "chat", "price"};
    sent m{.n = model_.next(),
           .sender = sender,
           .node = node,
           .fleet = !chance_.one_in(3),
           .to = std::move(to),
           .exclude = {},
           .text = {},
           .replace_key = {},
           .result = {}};
    made_.event = events[chance_.below(3)];
    const std::string k = std::to_string(chance_.below(2));
    made_.data = "{\"n\":" + std::to_string(m.n) + ",\"k\":" + k + ",\"pad\":\"" +
                 std::string(chance_.below(pad_max + 1), 'x') + "\"}";
    m.text = protocol::write_event(made_.event, made_.data);
    made_.exclude.clear();
    if (chance_.one_in(3))
        for (const auto& c : model_.clients())
            if (!c->id.empty() && chance_.one_in(3)) {
                m.exclude.insert(c->id);
                made_.exclude.push_back(*base::client_id::parse(c->id));
            }
    const auto& policies = shape_.settings.event_policies;
    const auto own = std::ranges::find(policies, made_.event, &event_policy::event);
    const auto policy = own == policies.end() ? shape_.settings.slow_clients : own->policy;
    if (policy == slow_client_policy::keep_latest) {
        const bool is_client = base::client_id::parse(m.to.name).has_value();
        const auto kind = is_client ? target_kind::room : m.to.kind;
        m.replace_key = std::string(name_of(kind)) + ' ' + m.to.name + ' ' + made_.event;
        if (own != policies.end() && !own->key.empty())
            m.replace_key += ' ' + k;
    }
    return m;
}

} // namespace cresset::simulation
