// Whatever a configuration file holds, each entry is set or is a problem with a place, and nothing
// of it ends the program.

#include "cli/configure.hpp"
#include "cli/units.hpp"
#include "expect.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace cresset;
using fuzz::expect;

// A setting of each kind.
struct settings
{
    std::string host = "localhost";
    std::uint16_t port = 3000;
    bool open = false;
    std::vector<std::string> join;
    std::vector<std::string> first{"lobby"};
    std::string mode = "one";
    std::chrono::milliseconds delay{5'000};
    std::size_t queue = 1024;
};

void add(CLI::App& app, settings& to)
{
    app.option_defaults()->group("listen");
    app.add_option("--host", to.host)->capture_default_str();
    app.add_option("--port", to.port)->check(CLI::Range(0, 65535))->capture_default_str();
    app.add_flag("--open", to.open);
    app.option_defaults()->group("rooms");
    app.add_option("--join", to.join)->delimiter(',');
    app.add_option("--first", to.first)->delimiter(',')->default_str("lobby");
    app.add_option("--mode", to.mode)->check(CLI::IsMember({"one", "two"}))->capture_default_str();
    app.option_defaults()->group("stop");
    cli::add_duration(app, "--stop-delay", to.delay, "");
    cli::add_bytes(app, "--queue", to.queue, "");
}

void check_entry(const cli::config_entry& entry)
{
    expect(entry.place.starts_with("a.toml:"), "each entry has a place");
    const bool is_one =
        entry.kind != cli::config_kind::list && entry.kind != cli::config_kind::other;
    expect(!is_one || entry.values.size() == 1, "one value is one");
    expect(entry.kind != cli::config_kind::other || entry.values.empty(),
           "no value of other kinds");
}

bool is_known(const cli::configuration& from, const cli::config_entry& entry)
{
    const cli::setting* const found = from.find(entry.path());
    return found && found->place == entry.place;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::vector<cli::config_entry> entries;
    try {
        entries = cli::parse_config({reinterpret_cast<const char*>(data), size}, "a.toml");
    } catch (const std::runtime_error& wrong) {
        expect(std::string_view(wrong.what()).starts_with("a.toml:"),
               "what is no TOML has a place");
        return 0;
    }
    settings now;
    CLI::App app;
    add(app, now);
    const cli::configuration from = cli::configure(app, entries);
    for (const cli::config_entry& entry : entries) {
        check_entry(entry);
        const bool is_problem = std::ranges::any_of(from.problems, [&](const std::string& each) {
            return each.starts_with(entry.place + ": ");
        });
        expect(is_known(from, entry) || is_problem, "each entry is set, or a problem");
    }
    for (const cli::setting& each : from.settings)
        each.values();
    expect(now.mode == "one" || now.mode == "two", "only what may be is set");
    return 0;
}
