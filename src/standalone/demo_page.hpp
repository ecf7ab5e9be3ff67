#pragma once

#include "http/router.hpp"

#include <string>
#include <vector>

namespace cresset::standalone {

// What the demo page has to know of the server that serves it.
struct demo_settings
{
    std::string websocket_path;
    std::vector<std::string> join;    // patterns of rooms that may be joined
    std::vector<std::string> publish; // and published to
};

// Adds the page at "/", its files, and its settings at "/demo.json".
void add_demo_page(http::router& routes, const demo_settings& settings);

} // namespace cresset::standalone
