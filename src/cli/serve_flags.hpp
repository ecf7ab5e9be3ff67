#pragma once

#include "cli/jwt_flags.hpp"
#include "cli/tls_flags.hpp"
#include "serve/node.hpp"
#include "standalone/application.hpp"

#include <CLI/CLI.hpp>

#include <cresset/redis.hpp>
#include <cresset/stop_plan.hpp>
#include <string>
#include <vector>

namespace cresset::cli {

// All that `cresset serve` can be told.
struct serve_flags
{
    std::string config_file;
    serve::node_options options;
    tls_flags tls;
    stop_plan stopping;
    standalone::rule_texts rules;
    jwt_flags jwt;
    std::vector<std::string> api_keys;
    redis_options redis;
    std::string redis_subscribe = "exact";
    std::vector<std::string> origins;
    bool require_origin = false;
    std::vector<std::string> trusted_proxies;
    std::string auth = "none";
    std::string encryption = "off";
    std::string encryption_key;
    std::string slow_clients = "drop-newest";
    std::vector<std::string> event_policies;
    std::string log_level = "info";
    std::string log_format = "text";
};

// Adds them to the command, each in the group that is its table in a configuration file.
void add_serve_flags(CLI::App& app, serve_flags& flags);

// Makes the options of the node from what was told, and reads files that it names, but for those of
// TLS. Throws what is derived from std::exception, with a line for people, for what can't be used.
void complete(serve_flags& flags);

} // namespace cresset::cli
