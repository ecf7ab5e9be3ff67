#include "simulation/world.hpp"

#include "simulation/broken.hpp"

#include <algorithm>
#include <string>
#include <sys/socket.h>
#include <utility>

namespace cresset::simulation {
namespace {

// A fleet that has more to do after so many rounds never comes to rest.
constexpr int rounds_max = 20'000;

} // namespace

world::world(const shape& of, dice& chance) : chance_(chance), bus_(of.nodes)
{
    for (unsigned i = 0; i < of.nodes; ++i)
        nodes_.push_back(std::make_unique<node>(of.settings, of.shards, bus_.link(i), time_));
}

peer& world::connect(unsigned node, unsigned shard, int buffer_bytes, std::string_view rest)
{
    int ends[2];
    tests::check_call(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends),
                      "socketpair");
    tests::descriptor servers(ends[0]);
    peers_.push_back(std::make_unique<peer>(tests::descriptor(ends[1]), time_));
    if (buffer_bytes > 0)
        tests::check_call(
            ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes),
            "SO_SNDBUF");
    const std::size_t number = peers_.size() - 1;
    const std::string address =
        "10.0." + std::to_string(number / 256) + '.' + std::to_string(number % 256);
    at(node).accept(shard, std::move(servers), address, rest);
    return *peers_.back();
}

void world::stir(std::size_t steps)
{
    for (; steps > 0; --steps) {
        node& some = at(static_cast<unsigned>(chance_.below(nodes())));
        const std::size_t what = chance_.below(8);
        if (what < 5)
            some.turn(static_cast<unsigned>(chance_.below(some.shards())));
        else if (what < 7)
            bus_.step(chance_);
        else if (!peers_.empty())
            client(chance_.below(clients()))
                .pump(chance_.between(1, chance_.one_in(4) ? 300'000 : 3'000));
    }
}

void world::settle()
{
    for (int rounds = 0; turn_all(); ++rounds)
        require(rounds < rounds_max, "the loops come to rest");
}

bool world::turn_all()
{
    bool busy = false;
    for (const auto& n : nodes_)
        for (unsigned i = 0; i < n->shards(); ++i)
            busy |= n->turn(i);
    while (bus_.step(chance_))
        busy = true;
    for (const auto& p : peers_)
        busy |= p->pump();
    return busy;
}

void world::pass(std::uint64_t ms)
{
    const std::uint64_t end = time_.now_ms() + ms;
    for (settle(); time_.now_ms() < end; settle()) {
        std::uint64_t step = end - time_.now_ms();
        for (const auto& n : nodes_)
            if (const int wait = n->wait_ms(); wait >= 0)
                step = std::min(step, static_cast<std::uint64_t>(std::max(wait, 1)));
        time_.advance(step);
    }
    for (const auto& n : nodes_)
        n->end_if_stopped();
}

void world::require_empty()
{
    for (unsigned i = 0; i < nodes(); ++i) {
        node& n = at(i);
        const std::string name = "node " + std::to_string(i);
        require(n.hub().count().sessions == 0, name + " counts sessions");
        require(n.hub().count().authenticated == 0, name + " counts authenticated clients");
        require(n.connections() == 0, name + " has connections");
        require(n.link().interests() == 0, name + " is still interested in something");
        n.hub().names().for_each([&](const hub::group_key& key, hub::shard_set) {
            throw broken(name + " still has the group " + std::string(key.name));
        });
        for (unsigned shard = 0; shard < n.shards(); ++shard)
            require(n.hub().at(shard).budget().bytes() == 0, name + " still has bytes that wait");
    }
}

} // namespace cresset::simulation
