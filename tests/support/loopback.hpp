#pragma once

#include "net/endpoint.hpp"

#include <cstdint>

namespace cresset::tests {

inline net::endpoint loopback(std::uint16_t port = 0)
{
    return net::endpoint::resolve("127.0.0.1", port);
}

} // namespace cresset::tests
