#pragma once

#include <cstdint>
#include <sys/types.h>

namespace cresset::load {

// What a process has used so far, from /proc. Throws std::runtime_error, with a line for people, if
// it is not there (any more).

// User and system time of all its threads, in seconds; in steps of 10 ms.
double cpu_seconds_of(pid_t process);

// What of it is in memory (VmRSS), in bytes; not the kernel's buffers of its sockets.
std::uint64_t resident_bytes_of(pid_t process);

// Of this process.
double own_cpu_seconds() noexcept;

} // namespace cresset::load
