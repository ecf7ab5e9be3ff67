#pragma once

#include <atomic>
#include <cstddef>
#include <limits>
#include <memory>

namespace cresset::serve {

// Where new connections belong, so that each worker has about the same number. The kernel gives
// them out without looking: by a hash, or to who comes first. Of all workers of a node.
class placement
{
public:
    explicit placement(unsigned workers);

    // A worker that stops has so many: it gets no more.
    static constexpr std::size_t closed = std::numeric_limits<std::size_t>::max();

    // From the worker's thread: how many it has.
    void note(unsigned worker, std::size_t connections) noexcept;

    // From the worker's thread: who is to have a connection that came to it, which has so many.
    // Itself, unless another has clearly less: to hand one over costs a wake-up.
    unsigned choose(unsigned worker, std::size_t connections) noexcept;

private:
    struct alignas(64) share // of cache lines of their own
    {
        std::atomic<std::size_t> connections{0};
    };

    std::unique_ptr<share[]> shares_;
    unsigned count_;
};

} // namespace cresset::serve
