#include "simulation/node.hpp"

#include <algorithm>
#include <string>

namespace cresset::simulation {

node::node(const hub::options& settings, unsigned shards, node_link& link, const clock& time)
    : settings_(settings), link_(link), hub_(settings_, app_, link, log_, shards)
{
    app_.serve(hub_);
    for (unsigned i = 0; i < shards; ++i) {
        parts_.push_back(std::make_unique<part>(time));
        hub_.add_shard(i, parts_[i]->connections);
    }
    hub_.start();
}

node::~node()
{
    hub_.sever();
}

void node::accept(unsigned shard, tests::descriptor socket, const std::string& address,
                  std::string_view rest)
{
    part& p = *parts_[shard];
    const auto from = base::ip_address::parse(address).value();
    p.loop.post([this, shard, &p, from, rest = std::string(rest), s = std::move(socket)]() mutable {
        const std::size_t size = rest.size();
        rest.resize(size + net::receive_padding);
        net::connection& c = p.connections.adopt(s.release(), never_called_);
        hub_.at(shard).accept(c, {rest.data(), size}, from);
    });
}

int node::wait_ms() const noexcept
{
    int least = -1;
    for (const auto& p : parts_)
        if (const int ms = p->loop.wait_ms(); ms >= 0 && (least < 0 || ms < least))
            least = ms;
    return least;
}

void node::stop(std::chrono::milliseconds spread, std::chrono::milliseconds deadline)
{
    stopping_ = true;
    for (unsigned i = 0; i < shards(); ++i)
        parts_[i]->loop.post([this, i, spread, deadline] {
            parts_[i]->cut_off_after(spread + deadline);
            if (spread.count() > 0) {
                hub_.at(i).depart(spread); // the hub stops when all have gone: see end_if_stopped
                return;
            }
            hub_.stop();
            hub_.at(i).close_all(ws::close_code::going_away, "Server shutting down");
        });
}

void node::end_if_stopped()
{
    if (stopping_ && connections() == 0)
        hub_.stop();
}

std::size_t node::connections() const noexcept
{
    std::size_t sum = 0;
    for (const auto& p : parts_)
        sum += p->connections.size();
    return sum;
}

} // namespace cresset::simulation
