#pragma once

#include <cerrno>
#include <system_error>

namespace cresset::base {

// Throws what errno says of a call that has failed.
[[noreturn]] inline void throw_errno(const char* call)
{
    throw std::system_error(errno, std::generic_category(), call);
}

} // namespace cresset::base
