#include "serve/memory_guard.hpp"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <malloc.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace cresset::serve {
namespace {

constexpr std::chrono::milliseconds look_interval{250};
constexpr std::chrono::milliseconds trim_interval{2'000};

constexpr std::size_t percent(std::size_t part, std::size_t whole) noexcept
{
    return part / (whole / 100 + 1);
}

} // namespace

std::size_t resident_bytes()
{
    std::size_t all = 0;
    std::size_t resident = 0;
    std::FILE* const file = std::fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    const int read = std::fscanf(file, "%zu %zu", &all, &resident);
    std::fclose(file);
    return read == 2 ? resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::size_t cgroup_memory_bytes()
{
    std::ifstream own("/proc/self/cgroup");
    for (std::string line; std::getline(own, line);) {
        if (!line.starts_with("0::"))
            continue;
        std::ifstream limit("/sys/fs/cgroup" + line.substr(3) + "/memory.max");
        std::size_t bytes = 0; // "max" is no number
        return limit >> bytes ? bytes : 0;
    }
    return 0;
}

memory_guard::memory_guard(std::size_t limit_bytes, net::event_loop& loop, admission& door,
                           base::log& log, std::function<void()> shed)
    : limit_(limit_bytes), loop_(loop), admission_(door), log_(log), shed_(std::move(shed))
{
    if (limit_ != 0)
        loop_.arm(*this, look_interval);
}

void memory_guard::on_timer()
{
    loop_.arm(*this, look_interval);
    std::size_t used = percent(resident_bytes(), limit_);
    // What was freed is not given back by itself. The loop waits meanwhile, so not every time.
    if (used >= 80 && loop_.now_ms() >= next_trim_ms_) {
        next_trim_ms_ = loop_.now_ms() + static_cast<std::uint64_t>(trim_interval.count());
        ::malloc_trim(0);
        used = percent(resident_bytes(), limit_);
    }
    const bool is_short = used >= 80;
    admission_.set_short_of_memory(is_short);
    if (is_short != std::exchange(short_, is_short))
        log_.warn(is_short ? "memory is short: nobody new comes in" : "there is memory again",
                  {{"used_percent", used}, {"limit_bytes", limit_}});
    if (used >= 90)
        shed_();
}

} // namespace cresset::serve
