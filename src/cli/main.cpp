#include "base/version.hpp"
#include "cli/bench.hpp"
#include "cli/config.hpp"
#include "cli/emit.hpp"
#include "cli/exit_status.hpp"
#include "cli/serve.hpp"
#include "cli/token.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>

int main(int argc, char** argv)
{
    using namespace cresset::cli;

    CLI::App program{"Cresset: a real-time messaging server", "cresset"};
    program.set_version_flag("--version", "cresset " CRESSET_VERSION);
    program.require_subcommand(1);
    program.get_formatter()->column_width(36);

    exit_status status = success;
    add_serve(program, {argv + std::min(argc, 2), argv + argc}, status);
    add_config(program, status);
    add_token(program, status);
    add_emit(program, status);
    add_bench(program, status);
    try {
        program.parse(argc, argv);
    } catch (const CLI::Success& asked) { // --help and --version
        return program.exit(asked);
    } catch (const CLI::ParseError& error) {
        // The command as far as it was understood, and what came next.
        const CLI::App* command = &program;
        std::string name = "cresset";
        int next = 1;
        while (!command->get_subcommands().empty()) {
            command = command->get_subcommands().front();
            name += ' ' + command->get_name();
            next =
                static_cast<int>(std::find(argv + next, argv + argc, command->get_name()) - argv) +
                1;
        }
        const std::string help = " (try " + name + " --help)";
        if (command->get_require_subcommand_min() > 0) {
            if (next >= argc)
                return refuse("a command is required" + help);
            if (argv[next][0] != '-')
                return refuse("unknown command " + std::string(argv[next]) + help);
        }
        if (dynamic_cast<const CLI::ExtrasError*>(&error))
            return refuse("unknown argument " + program.remaining(true).front() + help);
        return refuse(error.what() + help);
    }
    return status;
}
