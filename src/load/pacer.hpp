#pragma once

#include "net/event_loop.hpp"

#include <cstdint>

namespace cresset::load {

// Now, by the steady clock: what stamps and histograms count in.
std::uint64_t now_ns() noexcept;

// Calls something at times that a rate gives, whatever became of the calls before: the k-th at
// start + k / rate. The loop's own timers have steps of 4 ms, which is an eternity here. One
// loop's; outlived by it.
class pacer final : private net::event_source
{
public:
    class owner
    {
    public:
        // One that was due, with the time at which it was.
        virtual void on_due(std::uint64_t intended_ns) = 0;

    protected:
        ~owner() = default;
    };

    pacer(net::event_loop& loop, owner& o);
    ~pacer();
    pacer(const pacer&) = delete;
    pacer& operator=(const pacer&) = delete;

    // Calls at these times: first, first + interval and so on, `count` of them.
    void start(std::uint64_t first_ns, double interval_ns, std::uint64_t count);
    void stop() noexcept;

    bool running() const noexcept { return made_ < count_; }

private:
    void on_events(std::uint32_t events) override;
    void arm();
    std::uint64_t due_ns() const noexcept;

    net::event_loop& loop_;
    owner& owner_;
    int descriptor_;
    std::uint64_t first_ns_ = 0;
    double interval_ns_ = 0;
    std::uint64_t made_ = 0;
    std::uint64_t count_ = 0;
};

} // namespace cresset::load
