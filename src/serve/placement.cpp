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
        if (has < fewest) {
            fewest = has;
            least = i;
        }
    }
    if (connections <= fewest + fewest / 8 + slack)
        return worker;
    // It notes the true number itself; until then others see that this one is on its way.
    shares_[least].connections.fetch_add(1, std::memory_order_relaxed);
    return least;
}

} // namespace cresset::serve
