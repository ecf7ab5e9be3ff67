#pragma once

#include "serve/node.hpp"

#include <cresset/handlers.hpp>
#include <cresset/limits.hpp>
#include <cresset/options.hpp>
#include <cresset/stop_plan.hpp>
#include <string>
#include <vector>

namespace cresset::serve {

// These throw option_error for the first option that can't work; `option` is what policies are
// called where they were given.
void check_policies(const std::vector<event_policy>& policies, const char* option);
void check_limits(const limits& of, const std::string& prefix);
void check_stop_plan(const stop_plan& plan);
void check_options(const server_options& options, const handlers& callbacks);

// What the public options mean to a node. Throws std::runtime_error, with a line for people, for
// certificates that can't be used.
node_options to_node_options(const server_options& options, base::log& log);

} // namespace cresset::serve
