#include "base/version.hpp"
#include "cli/exit_status.hpp"
#include "cli/serve.hpp"

#include <CLI/CLI.hpp>

int main(int argc, char** argv)
{
    using namespace cresset::cli;

    CLI::App program{"Cresset: a real-time messaging server", "cresset"};
    program.set_version_flag("--version", "cresset " CRESSET_VERSION);
    program.require_subcommand(1);
    program.get_formatter()->column_width(36);

    exit_status status = success;
    add_serve(program, status);
    try {
        program.parse(argc, argv);
    } catch (const CLI::Success& asked) { // --help and --version
        return program.exit(asked);
    } catch (const CLI::RequiredError&) {
        const bool named = argc > 1 && argv[1][0] != '-';
        return refuse(
            (named ? "unknown command " + std::string(argv[1]) : "a command is required") +
            " (try cresset --help)");
    } catch (const CLI::ExtrasError&) {
        return refuse("unknown argument " + program.remaining(true).front() +
                      " (try cresset serve --help)");
    } catch (const CLI::ParseError& error) {
        return refuse(std::string(error.what()) + " (try cresset serve --help)");
    }
    return status;
}
