#pragma once

#include "net/endpoint.hpp"

namespace cresset::net {

// Sockets that listen on one address with SO_REUSEPORT, of this process and of others: the kernel
// spreads new connections over all of them.

// How many there are on this address. Throws std::system_error if the kernel doesn't tell.
unsigned count_listeners(const endpoint& at);

// New connections go only to `count` sockets of the group of this one, behind the `first` that were
// opened first; when there are not so many any more, to all. Throws std::system_error.
void steer_connections(int descriptor, unsigned first, unsigned count);

} // namespace cresset::net
