#include "serve/placement.hpp"

namespace cresset::serve {
namespace {

// More than the least by an eighth and these is clearly more.
constexpr std::size_t slack = 16;

} // namespace

placement::placement(unsigned workers)
    : shares_(std::make_unique<share[]>(workers)), count_(workers)
{}

void placement::note(unsigned worker, std::size_t connections) noexcept
{
    std::atomic<std::size_t>& noted = shares_[worker].connections;
    if (noted.load(std::memory_order_relaxed) != connections)
        noted.store(connections, std::memory_order_relaxed);
}

unsigned placement::choose(unsigned worker, std::size_t connections) noexcept
{
    unsigned least = worker;
    std::size_t fewest = connections;
    for (unsigned i = 0; i < count_; ++i) {
        const std::size_t has = shares_[i].connections.load(std::memory_order_relaxed);
        // Its own number has not been noted in this turn.
        if (i != worker && has < fewest && !shares_[i].closed.load(std::memory_order_relaxed)) {
            fewest = has;
            least = i;
        }
    }
    if (least == worker || connections <= fewest + fewest / 8 + slack)
        return worker;
    // One of both sees the other, who closes or who gives: both write first, and look then.
    share& chosen = shares_[least];
    chosen.on_their_way.fetch_add(1);
    if (chosen.closed.load()) {
        chosen.on_their_way.fetch_sub(1);
        return worker;
    }
    // It notes the true number itself; until then others see that this one is on its way.
    chosen.connections.fetch_add(1, std::memory_order_relaxed);
    return least;
}

void placement::arrived(unsigned worker) noexcept
{
    shares_[worker].on_their_way.fetch_sub(1);
}

void placement::close(unsigned worker) noexcept
{
    shares_[worker].closed.store(true);
}

bool placement::expects_more(unsigned worker) const noexcept
{
    return shares_[worker].on_their_way.load() != 0;
}

} // namespace cresset::serve
