#include "cli/config.hpp"

#include "base/log.hpp"
#include "cli/api_flags.hpp"
#include "cli/config_text.hpp"
#include "cli/config_warnings.hpp"
#include "cli/configure.hpp"
#include "cli/serve_flags.hpp"
#include "net/endpoint.hpp"
#include "serve/certificates.hpp"
#include "serve/redis.hpp"

#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::cli {
namespace {

void put(std::string_view text, std::FILE* to = stdout)
{
    std::fwrite(text.data(), 1, text.size(), to);
}

void put_lines(std::string_view what, const std::vector<std::string>& lines)
{
    for (const std::string& each : lines)
        put(std::string(what) + each + '\n', stderr);
}

// What can't be used although each setting by itself can; nothing, if all can.
std::vector<std::string> try_all(serve_flags& flags)
{
    try {
        complete(flags);
        const standalone::rules rules(flags.rules);
        make_api_keys(flags.api_keys);
        if (flags.auth == "jwt") {
            std::vector<std::string> skipped;
            make_verifier(flags.jwt, skipped);
        }
        base::log silent(base::log_level::off, base::log_format::text);
        serve::make_broker(flags.redis, silent);
        const auto& options = flags.options;
        if (options.loopback_only &&
            !net::endpoint::resolve(options.host, options.port).is_loopback())
            throw std::invalid_argument("--auth none is for loopback addresses: " + options.host +
                                        " is none");
        if (const tls_options tls = to_tls_options(flags.tls); tls.enabled())
            const serve::certificates read(tls, silent);
    } catch (const std::exception& wrong) {
        return {wrong.what()};
    }
    return {};
}

exit_status check_configuration(CLI::App& command, serve_flags& flags, bool strict)
{
    const configuration from = configure(command, flags.config_file);
    put_lines("error: ", from.problems);
    if (!from.problems.empty())
        return refused;
    const std::vector<std::string> wrong = try_all(flags);
    put_lines("error: ", wrong);
    if (!wrong.empty())
        return refused;
    const std::vector<std::string> risks = find_risks(flags, from);
    put_lines("warning: ", risks);
    if (risks.empty())
        put("The configuration is fine.\n");
    return strict && !risks.empty() ? failure : success;
}

exit_status print_configuration(CLI::App& command, const serve_flags& flags)
{
    const configuration from = configure(command, flags.config_file);
    put_lines("error: ", from.problems);
    put(write_effective(from));
    return from.problems.empty() ? success : refused;
}

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& description,
                      serve_flags& flags)
{
    CLI::App* const command = parent.add_subcommand(name, description);
    add_serve_flags(*command, flags);
    return command;
}

} // namespace

void add_config(CLI::App& program, exit_status& status)
{
    CLI::App* const app =
        program.add_subcommand("config", "Check, print or explain the settings of `serve`");
    app->require_subcommand(1);

    const auto checked = std::make_shared<serve_flags>();
    const auto strict = std::make_shared<bool>(false);
    CLI::App* const check = add_command(
        *app, "check",
        "Tell what `serve` would refuse, and what is a risk. It exits with 2 for an error",
        *checked);
    check->option_defaults()->group("Options");
    check->add_flag("--strict", *strict, "Exit with 1 for a warning");
    check->callback([=, &status] { status = check_configuration(*check, *checked, *strict); });

    const auto printed = std::make_shared<serve_flags>();
    CLI::App* const print = add_command(
        *app, "print", "Print all settings as they hold, and where each is from", *printed);
    print->callback([=, &status] { status = print_configuration(*print, *printed); });

    const auto explained = std::make_shared<serve_flags>();
    CLI::App* const example = app->add_subcommand(
        "example", "Print a configuration file in which every setting is explained");
    example->callback([=, &status] {
        CLI::App serve;
        add_serve_flags(serve, *explained);
        put(write_example(configure(serve, "")));
        status = success;
    });
}

} // namespace cresset::cli
