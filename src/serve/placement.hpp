#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace cresset::serve {

// Where new connections belong, so that each worker has about the same number. The kernel gives
// them out without looking: by a hash, or to who comes first. Of all workers of a node.
class placement
{
public:
    explicit placement(unsigned workers);

    // From the worker's thread: how many it has.
    void note(unsigned worker, std::size_t connections) noexcept;

    // From the worker's thread: who is to have a connection that came to it, which has so many.
    // Itself, unless another has clearly less: to hand one over costs a wake-up. The other one
    // calls arrived when it has it.
    unsigned choose(unsigned worker, std::size_t connections) noexcept;
    void arrived(unsigned worker) noexcept;

    // From the worker's thread: it is chosen no more. What others have given to it is on its way
    // until expects_more is false.
    void close(unsigned worker) noexcept;
    bool expects_more(unsigned worker) const noexcept;

private:
    struct alignas(64) share // of cache lines of their own
    {
        std::atomic<std::size_t> connections{0};
        std::atomic<unsigned> on_their_way{0};
        std::atomic<bool> closed{false};
    };

    std::unique_ptr<share[]> shares_;
    unsigned count_;
};

} // namespace cresset::serve
