#include "cli/reload.hpp"

#include "cli/serve_flags.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace cresset::cli {
namespace {

constexpr std::string_view can_change[] = {"jwt.algorithm",
                                           "jwt.audience",
                                           "jwt.issuer",
                                           "jwt.jwks",
                                           "jwt.key",
                                           "jwt.require",
                                           "jwt.secret",
                                           "log.level",
                                           "rooms.join",
                                           "rooms.deny-join",
                                           "rooms.publish",
                                           "rooms.deny-publish",
                                           "rooms.publish-to-self"};

bool may_change(std::string_view path)
{
    return std::ranges::find(can_change, path) != std::end(can_change);
}

} // namespace

reloader::reloader(std::vector<std::string> args, const configuration& first, running server)
    : args_(std::move(args)), server_(server)
{
    std::ranges::reverse(args_); // as CLI11 takes them
    for (const setting& each : first.settings)
        values_[each.name.path()] = each.values();
}

void reloader::reload()
{
    CLI::App command;
    serve_flags flags;
    add_serve_flags(command, flags);
    std::shared_ptr<const jwt::verifier> verifier;
    std::optional<standalone::rules> rules;
    std::vector<std::string> skipped;
    configuration next;
    try {
        auto args = args_;
        command.parse(args);
        next = configure(command, flags.config_file);
        if (next.problems.empty()) {
            complete(flags);
            rules.emplace(flags.rules);
            flags.jwt.leeway = server_.leeway;
            if (server_.tokens && flags.auth == "jwt")
                verifier = make_verifier(flags.jwt, skipped);
        }
    } catch (const std::exception& wrong) {
        next.problems.emplace_back(wrong.what());
    }
    if (!next.problems.empty()) {
        for (const std::string& each : next.problems)
            refuse(each);
        return;
    }
    tell_changes(next);
    for (const std::string& each : skipped)
        server_.log.warn("a key is not used", {{"why", each}});
    server_.app.set_rules(*std::move(rules));
    if (verifier)
        server_.tokens->replace(std::move(verifier));
    if (server_.tls)
        server_.tls->try_to_reload("SIGHUP");
    server_.log.info("configuration reloaded");
    server_.log.set_level(*base::parse_log_level(flags.log_level));
}

void reloader::refuse(const std::string& why)
{
    server_.log.error("configuration not reloaded, nothing has changed", {{"why", why}});
}

void reloader::tell_changes(const configuration& next)
{
    for (const setting& each : next.settings) {
        const std::string path = each.name.path();
        std::vector<std::string>& in_force = values_[path];
        if (in_force == each.values())
            continue;
        if (may_change(path)) {
            server_.log.info("setting changed", {{"setting", path}});
            in_force = each.values();
        } else {
            server_.log.warn("setting needs a restart", {{"setting", path}});
        }
    }
}

} // namespace cresset::cli
