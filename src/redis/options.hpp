#pragma once

#include "net/tls_client_context.hpp"
#include "redis/url.hpp"

#include <chrono>
#include <cstddef>

namespace cresset::redis {

// How to reach Redis, for nodes and emitters alike.
struct options
{
    url where;
    net::tls_client_options tls; // used where the URL asks for TLS
    std::chrono::milliseconds connect_timeout{2'000};

    // What may wait to be published, links down or slow. The oldest gives way to the newest.
    std::size_t queue_bytes_max = 16 * 1024 * 1024;

    // As CLIENT LIST shows our links.
    std::string client_name = "cresset";
};

} // namespace cresset::redis
