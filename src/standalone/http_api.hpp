#pragma once

#include "http/router.hpp"
#include "hub/hub.hpp"
#include "standalone/api_keys.hpp"

namespace cresset::standalone {

// Adds the HTTP API at /api/v1, for those who bear one of the keys. All outlive the router.
void add_http_api(http::router& routes, const api_keys& keys, hub::hub& clients, base::log& log);

} // namespace cresset::standalone
