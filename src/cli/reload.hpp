#pragma once

#include "base/log.hpp"
#include "cli/configure.hpp"
#include "serve/certificates.hpp"
#include "standalone/application.hpp"
#include "standalone/token_authentication.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace cresset::cli {

// Has a running server follow its configuration: the level of the log, the rules of rooms, the keys
// and rules of tokens, and the content of certificates. One thread's.
class reloader
{
public:
    // What it changes; all outlive it.
    struct running
    {
        base::log& log;
        standalone::application& app;
        standalone::token_authentication* tokens; // null without
        serve::certificates* tls;                 // null without
        std::chrono::milliseconds leeway;         // of tokens, which stays
    };

    // `args` are those of `serve`, by which it finds the configuration again.
    reloader(std::vector<std::string> args, const configuration& first, running server);

    // Reads it, and tells the log what has changed and what needs a restart. If anything is wrong
    // with it, the log is told that, and nothing changes.
    void reload();

private:
    void refuse(const std::string& why);
    void tell_changes(const configuration& next);

    std::vector<std::string> args_;
    std::map<std::string, std::vector<std::string>> values_; // in force, by path
    running server_;
};

} // namespace cresset::cli
