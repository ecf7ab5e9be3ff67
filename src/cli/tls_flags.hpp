#pragma once

#include <CLI/CLI.hpp>

#include <cresset/tls.hpp>
#include <string>
#include <vector>

namespace cresset::cli {

// TLS of what listens, in every program in the same way.
struct tls_flags
{
    std::vector<std::string> certs;
    std::vector<std::string> keys;
    std::string client_ca;
    std::string client_cert = "off";
};

void add_tls_flags(CLI::App& app, tls_flags& flags);

// Throws option_error for flags that don't go together.
tls_options to_tls_options(const tls_flags& flags);

} // namespace cresset::cli
