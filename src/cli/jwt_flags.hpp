#pragma once

#include "jwt/verifier.hpp"
#include "standalone/token_authentication.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace cresset::cli {

// Whose tokens `--auth jwt` believes, and what it reads in them.
struct jwt_flags
{
    std::string secret_file;
    std::vector<std::string> key_files; // [KID=]FILE
    std::string jwks_file;
    std::vector<std::string> algorithms;
    std::vector<std::string> issuers;
    std::vector<std::string> audiences;
    std::vector<std::string> required_claims;
    std::chrono::milliseconds leeway{60'000};
    standalone::claim_names claims;
};

void add_jwt_flags(CLI::App& app, jwt_flags& flags);

// Whether any was given that is of use with --auth jwt alone.
bool has_keys(const jwt_flags& flags);

// Reads the keys. Throws what is derived from std::exception, with a line for people, which shows
// nothing of a key. `skipped` gets a line for each key of the JWK Set that can't be used.
std::shared_ptr<const jwt::verifier> make_verifier(const jwt_flags& flags,
                                                   std::vector<std::string>& skipped);

} // namespace cresset::cli
