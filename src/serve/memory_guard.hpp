#pragma once

#include "base/log.hpp"
#include "net/event_loop.hpp"
#include "serve/admission.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace cresset::serve {

// Memory of this process that is resident, in bytes. Zero if the system doesn't tell.
std::size_t resident_bytes();

// What the process' cgroup (version 2) may have; zero without a limit.
std::size_t cgroup_memory_bytes();

// Looks at the process' memory some times a second. From 80% of the limit on nobody new comes in,
// and from 90% on the slowest clients go. Lives with a loop, and in its thread.
class memory_guard final : private net::timer
{
public:
    // All outlive it; `shed` is called on the loop's thread. A limit of zero: does nothing.
    memory_guard(std::size_t limit_bytes, net::event_loop& loop, admission& door, base::log& log,
                 std::function<void()> shed);

private:
    void on_timer() override;

    std::size_t limit_;
    net::event_loop& loop_;
    admission& admission_;
    base::log& log_;
    std::function<void()> shed_;
    bool short_ = false;
    std::uint64_t next_trim_ms_ = 0;
};

} // namespace cresset::serve
