#pragma once

#include <cstddef>

namespace cresset::cli {

// Raises the limit of open files to what the system allows this process: a server's connections
// are descriptors, and the usual default of 1,024 is meant for programs that use select.
void raise_descriptor_limit() noexcept;

// How many this process may have now.
std::size_t descriptor_limit() noexcept;

} // namespace cresset::cli
