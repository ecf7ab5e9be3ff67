#pragma once

#include "net/endpoint.hpp"

namespace cresset::net {

// Sockets that listen on one address with SO_REUSEPORT, of this process and of others: the kernel
// spreads new connections over all of them.

// How many there are on this address. Throws std::system_error if the kernel doesn't tell.
unsigned count_listeners(const endpoint& at);

// New connections go only to the last `later` sockets of the group of this one, not to the
// `earlier` that were opened before: also while those are closed one by one, if there are not more
// of them. When they are gone, to all. Throws std::system_error.
void steer_connections(int descriptor, unsigned earlier, unsigned later);

} // namespace cresset::net
