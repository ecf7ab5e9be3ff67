#include "load/process_usage.hpp"

#include <ctime>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace cresset::load {
namespace {

[[noreturn]] void fail(pid_t process)
{
    throw std::runtime_error("there is no process " + std::to_string(process) +
                             " to look at (--pid)");
}

std::ifstream open(pid_t process, const char* file)
{
    std::ifstream in("/proc/" + std::to_string(process) + '/' + file);
    if (!in)
        fail(process);
    return in;
}

} // namespace

double cpu_seconds_of(pid_t process)
{
    std::ifstream in = open(process, "stat");
    std::string line;
    std::getline(in, line);
    // proc(5): the second field is a name in parentheses, with any characters in it; the 14th and
    // 15th are utime and stime.
    std::istringstream fields(line.substr(std::min(line.rfind(')') + 1, line.size())));
    std::string skipped;
    for (int field = 3; field < 14; ++field)
        fields >> skipped;
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    if (!(fields >> user >> system))
        fail(process);
    return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::uint64_t resident_bytes_of(pid_t process)
{
    std::ifstream in = open(process, "status");
    constexpr std::string_view key = "VmRSS:";
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(key))
            return std::stoull(line.substr(key.size())) * 1024;
    fail(process);
}

double own_cpu_seconds() noexcept
{
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

} // namespace cresset::load
