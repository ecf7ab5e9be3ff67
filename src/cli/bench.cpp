#include "cli/bench.hpp"

#include "cli/descriptors.hpp"
#include "cli/redis_flags.hpp"
#include "cli/signals.hpp"
#include "cli/units.hpp"
#include "load/message.hpp"
#include "load/process_usage.hpp"
#include "load/run.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cresset/errors.hpp>
#include <cresset/json.hpp>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>

namespace cresset::cli {
namespace {

using load::mode;

// Descriptors that are no client's: standard streams, loops, a link to Redis.
constexpr std::size_t own_descriptors = 64;

// Clients share them: a pair takes as long to make as a client to connect.
constexpr std::size_t key_pairs = 16;

constexpr unsigned workers_max = 64;
constexpr unsigned clients_max = load::message_codec::flow_max;

struct bench_flags
{
    mode what = mode::connect;
    std::string url = "ws://127.0.0.1:3000/ws";
    std::uint64_t clients = 0;
    unsigned workers = 1;
    double rate = 0;
    std::uint32_t in_flight = 0;
    std::uint64_t messages = 0;
    std::chrono::milliseconds duration{10'000};
    std::uint64_t warm_up = 0;
    std::size_t size = 0;
    std::chrono::milliseconds timeout{10'000};
    std::string credentials = "{}";
    std::string tls_ca;
    bool insecure = false;
    pid_t pid = 0;
    bool json = false;
    redis_options redis;
    std::uint64_t rooms = 100;
    std::uint64_t members = 10;
    std::uint64_t publishers = 8;
    double visit_rate = 100;
    std::chrono::milliseconds stay{1'000};
    double slow_share = 0.1;
    std::size_t slow_rate = 0;
};

// What the modes differ in: what they do by default, and how they are told.
struct mode_defaults
{
    mode what;
    const char* summary;
    const char* story;
    std::uint64_t clients;
    double rate;             // 0: closed loop
    std::uint32_t in_flight; // of the closed loop
    std::uint64_t warm_up;
    std::size_t size = 128;
};

constexpr mode_defaults modes[] = {
    {mode::connect, "Clients connect, authenticate and stay",
     "A first crowd (--warm-up) comes and leaves. Then --clients come: --in-flight at a time, or\n"
     "--rate a second, each at its time. Reported: the time from when a client should have begun\n"
     "until it was `connected`; with --pid also the server's CPU and memory a client.",
     1'000, 0, 50, 500},
    {mode::echo, "Each client sends to itself",
     "Each client publishes to the room that its own id names, and waits for what it sent:\n"
     "--in-flight messages each at any time, or all clients together --rate a second.\n"
     "The server must send to the sender too: cresset serve --publish '*' --publish-to-self",
     100, 0, 1, 1'000},
    {mode::fanout, "One publisher, one room with all clients",
     "An extra client publishes to a room that all clients are in: a message when at most\n"
     "--in-flight less one have not come to everybody yet, or --rate a second whatever became of\n"
     "those before. The server must let clients join and publish:\n"
     "cresset serve --join '*' --publish '*'",
     1'000, 0, 1, 100},
    {mode::latency, "fanout at a steady rate, to see how late messages are",
     "As fanout, with --rate 100 by default. Latency counts from when a message should have been\n"
     "sent, so a server that stands still for a second is late for all messages of that second.",
     1'000, 100, 0, 100},
    {mode::rooms, "Many small rooms",
     "--rooms with --members each. Extra clients publish, each to its share of the rooms: a "
     "message\n"
     "to a room when at most --in-flight less one have not come to all of it yet, or --rate a\n"
     "second to all rooms in turn.",
     0, 0, 1, 1'000},
    {mode::churn, "latency while others come and go",
     "--clients stay and get messages, as in latency. Meanwhile others come at --visit-rate, each\n"
     "at its time, join the room, stay for --stay and leave. Reported: the latency of those who\n"
     "stay, and how long it took the others to connect. The server's CPU is that of both.",
     1'000, 100, 0, 100},
    {mode::storm, "All clients are cut off and come back, at once",
     "Reported: the time from the cut until a client was `connected` again, and until all were\n"
     "in their room again.",
     1'000, 0, 0, 0},
    {mode::slow, "Some clients read slowly, or not at all",
     "As latency. --slow-share of the clients read only --slow-rate bytes a second, through small\n"
     "buffers, until the last message was sent; then they read on. Reported: the latency of the\n"
     "others, who must get everything; what the slow ones lost, which is no failure; and what the\n"
     "server told them of it. They ask for that by the capability `gap`, unless --credentials say\n"
     "something else. Before a server has to drop anything, the kernel takes some megabytes for\n"
     "each of them.",
     100, 1'000, 0, 100, 1'024},
    {mode::redis, "Messages that come by Redis, to one room with all clients",
     "The messages are published to Redis, as an emitter does it, where a server that was started\n"
     "with the same --redis takes them. The server must let clients join: cresset serve\n"
     "--redis redis://127.0.0.1 --join '*'",
     100, 0, 16, 1'000},
    {mode::encrypted, "fanout to clients that have encrypted sessions",
     "As fanout. The clients authenticate with a public key of the curve P-256, and decrypt what\n"
     "they get: cresset serve --encryption optional --join '*' --publish '*'",
     1'000, 0, 1, 100},
    {mode::deflate, "fanout to clients that have permessage-deflate",
     "As fanout. The clients ask for permessage-deflate without context takeover, both ways, and\n"
     "inflate what they get. Ends with status 1 where the server declines it:\n"
     "cresset serve --deflate --join '*' --publish '*'",
     1'000, 0, 1, 100, 1'024},
};

// --- flags ---

// A second. More is more than any loop sends.
constexpr double rate_max = 10e6;

// Sequences of messages have 32 bits.
constexpr auto messages_max = std::numeric_limits<std::uint32_t>::max();

const CLI::Validator is_rate(
    [](const std::string& text) -> std::string {
        double number = 0;
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, number);
        if (error == std::errc{} && stop == end && number > 0 && number <= rate_max)
            return "";
        return '"' + text + "\" is no number over zero, of at most ten million";
    },
    "");

void add_common(CLI::App& app, bench_flags& flags)
{
    app.add_option("URL", flags.url, "The server's WebSocket")->capture_default_str();
    if (flags.what != mode::rooms)
        app.add_option("--clients", flags.clients, "How many clients")
            ->check(CLI::Range(1U, clients_max))
            ->type_name("NUMBER")
            ->capture_default_str();
    app.add_option("--workers", flags.workers,
                   "Threads of the generator, each with a share of the clients")
        ->check(CLI::Range(1U, workers_max))
        ->type_name("NUMBER")
        ->capture_default_str();
    app.add_option("--credentials", flags.credentials,
                   "JSON object to authenticate with; {n} in it is the number of the client")
        ->type_name("JSON")
        ->capture_default_str();
    auto* ca = app.add_option("--tls-ca", flags.tls_ca,
                              "For wss://: PEM file of who signed the server's certificate "
                              "(default: the system's)");
    ca->type_name("FILE");
    app.add_flag("--insecure", flags.insecure, "For wss://: take any certificate")->excludes(ca);
    app.add_option("--pid", flags.pid, "The server's process: its CPU and memory are reported")
        ->check(CLI::Range(1, std::numeric_limits<pid_t>::max()))
        ->type_name("PID");
    add_duration(app, "--timeout", flags.timeout, "How long to wait for what may still come");
    app.add_flag("--json", flags.json, "One JSON object instead of a table");
}

void add_pace(CLI::App& app, bench_flags& flags, const std::string& what)
{
    auto* rate = app.add_option("--rate", flags.rate, what + " a second, each at its time");
    rate->check(is_rate)->type_name("NUMBER");
    if (flags.rate > 0)
        rate->capture_default_str();
    if (flags.what == mode::slow) // who reads slowly would slow down the closed loop
        return;
    auto* in_flight =
        app.add_option("--in-flight", flags.in_flight, what + " on their way at any time");
    in_flight->check(CLI::Range(1U, 65'536U))->type_name("NUMBER")->excludes(rate);
    if (flags.in_flight > 0)
        in_flight->capture_default_str();
}

void add_messages(CLI::App& app, bench_flags& flags)
{
    auto* duration =
        add_duration(app, "--duration", flags.duration, "How long the measured phase is");
    app.add_option("--messages", flags.messages, "Messages in it, instead of a duration")
        ->check(CLI::Range(1U, messages_max))
        ->type_name("NUMBER")
        ->excludes(duration);
    app.add_option("--warm-up", flags.warm_up, "Messages before it")
        ->check(CLI::Range(0U, messages_max))
        ->type_name("NUMBER")
        ->capture_default_str();
    add_bytes(app, "--size", flags.size, "Of a message's data, padded");
}

void add_rooms(CLI::App& app, bench_flags& flags)
{
    const auto number = [&app](const char* name, std::uint64_t& value, const char* what) {
        app.add_option(name, value, what)
            ->check(CLI::Range(1U, 1'000'000U))
            ->type_name("NUMBER")
            ->capture_default_str();
    };
    number("--rooms", flags.rooms, "How many rooms");
    number("--members", flags.members, "Clients in each");
    number("--publishers", flags.publishers, "Extra clients that publish");
}

void add_visits(CLI::App& app, bench_flags& flags)
{
    app.add_option("--visit-rate", flags.visit_rate, "Clients a second that come and go")
        ->check(is_rate)
        ->type_name("NUMBER")
        ->capture_default_str();
    add_duration(app, "--stay", flags.stay, "How long each of them stays");
}

void add_slowness(CLI::App& app, bench_flags& flags)
{
    app.add_option("--slow-share", flags.slow_share, "Part of the clients that is slow")
        ->check(CLI::Range(0.0, 1.0))
        ->type_name("0..1")
        ->capture_default_str();
    add_bytes(app, "--slow-rate", flags.slow_rate,
              "What each of them reads in a second; 0: nothing");
}

// What the flags mean. Throws option_error or std::invalid_argument for what can't work.
load::plan to_plan(bench_flags& flags)
{
    if (flags.size < load::message_codec::size_min)
        throw option_error("--size", std::to_string(flags.size) +
                                         " is too small: what a message tells of itself takes " +
                                         std::to_string(load::message_codec::size_min) + " bytes");
    if (flags.size > load::message_codec::size_max)
        throw option_error("--size",
                           "may be at most " + std::to_string(load::message_codec::size_max));
    if (flags.duration.count() == 0 || flags.timeout.count() == 0)
        throw option_error("--duration and --timeout", "must be over zero");
    load::plan p{.what = flags.what, .come_in = {.server = load::target::parse(flags.url)}};
    p.come_in.credentials = flags.credentials;
    p.come_in.timeout = flags.timeout;
    p.workers = flags.workers;
    p.clients = flags.what == mode::rooms ? flags.rooms * flags.members : flags.clients;
    p.rate = flags.rate;
    p.in_flight = flags.in_flight;
    p.messages = flags.messages;
    p.duration = flags.duration;
    p.warm_up = flags.warm_up;
    p.size = flags.size;
    p.timeout = flags.timeout;
    if (flags.pid > 0)
        p.server = flags.pid;
    p.redis = flags.redis;
    if (!p.redis.url.empty() && p.redis.url.find("://") == std::string::npos)
        p.redis.url.insert(0, "redis://");
    p.rooms = flags.rooms;
    p.publishers = flags.publishers;
    p.visit_rate = flags.visit_rate;
    p.stay = flags.stay;
    if (flags.what == mode::slow)
        p.slow_share = flags.slow_share;
    p.slow_bytes_a_second = flags.slow_rate;
    if (p.come_in.server.tls())
        p.come_in.tls = std::make_shared<const net::tls_client_context>(net::tls_client_options{
            .ca_file = flags.tls_ca, .cert_file = {}, .key_file = {}, .verify = !flags.insecure});
    else if (!flags.tls_ca.empty() || flags.insecure)
        throw option_error("--tls-ca and --insecure", "are for a wss:// URL");
    p.come_in.deflate = flags.what == mode::deflate;
    if (flags.what == mode::encrypted)
        p.come_in.keys.resize(key_pairs);
    return p;
}

// Refuses what would fail only after a while.
void check(const load::plan& p)
{
    if (!is_json(p.come_in.credentials) || !p.come_in.credentials.starts_with('{'))
        throw option_error("--credentials",
                           "must be a JSON object, such as '{\"userId\":\"ada\"}'");
    if (p.what == mode::redis && p.redis.url.empty())
        throw option_error("--redis", "is required: where the server gets its messages from");
    if (p.clients > clients_max)
        throw option_error("--rooms and --members", "are " + std::to_string(p.clients) +
                                                        " clients together; at most " +
                                                        std::to_string(clients_max) + " can be");
    if (p.what == mode::slow && p.slow_share * static_cast<double>(p.clients) < 1)
        throw option_error("--slow-share", "of --clients is not one client");
    std::size_t wanted = p.clients;
    if (p.what == mode::connect)
        wanted = std::max<std::size_t>(wanted, p.warm_up);
    if (p.what == mode::rooms)
        wanted += p.publishers;
    if (p.what == mode::churn) // twice as many as there are when it goes well
        wanted +=
            static_cast<std::size_t>(2 * p.visit_rate * static_cast<double>(p.stay.count()) / 1e3);
    const std::size_t limit = descriptor_limit();
    if (wanted + own_descriptors > limit)
        throw option_error("--clients", std::to_string(wanted) + " need more open files than the " +
                                            std::to_string(limit) +
                                            " that this process may have: raise it with ulimit -n, "
                                            "as root");
    p.come_in.server.check_reachable();
    if (p.server)
        load::cpu_seconds_of(*p.server);
}

// --- running ---

// SIGINT and SIGTERM stop it early; a second one ends the process at once. Shows progress where
// somebody looks.
class terminal final : public load::watch
{
public:
    ~terminal() { clear(); }

    bool stop_asked_within(std::chrono::milliseconds wait) override
    {
        if (stopped_) {
            exit_on_signal_within(wait);
            return true;
        }
        stopped_ = stop_signal_within(wait);
        return stopped_;
    }

    void progress(std::string_view line) override
    {
        const auto now = std::chrono::steady_clock::now();
        if (!is_terminal_ || now < next_)
            return;
        next_ = now + interval;
        shown_ = true;
        std::fprintf(stderr, "\r\033[K%.*s", static_cast<int>(line.size()), line.data());
    }

    void clear()
    {
        if (std::exchange(shown_, false))
            std::fputs("\r\033[K", stderr);
    }

private:
    static constexpr std::chrono::milliseconds interval{200};

    const bool is_terminal_ = ::isatty(STDERR_FILENO) != 0;
    std::chrono::steady_clock::time_point next_;
    bool shown_ = false;
    bool stopped_ = false;
};

exit_status fail(std::string_view why)
{
    refuse(why);
    return failure;
}

exit_status run_bench(bench_flags& flags)
{
    hold_stop_signals();
    raise_descriptor_limit();
    try {
        const load::plan p = to_plan(flags);
        check(p);
        terminal here;
        const load::report r = load::run(p, here);
        here.clear();
        for (const std::string& remark : r.remarks)
            std::fprintf(stderr, "cresset: %s\n", remark.c_str());
        std::fputs((flags.json ? load::to_json(r) + '\n' : load::to_table(r)).c_str(), stdout);
        return r.clean() ? success : failure;
    } catch (const std::invalid_argument& error) {
        return refuse(error.what());
    } catch (const std::exception& error) {
        return fail(error.what());
    }
}

void add_mode(CLI::App& bench, const mode_defaults& defaults, exit_status& status)
{
    auto flags = std::make_shared<bench_flags>();
    flags->what = defaults.what;
    flags->clients = defaults.clients;
    flags->rate = defaults.rate;
    flags->in_flight = defaults.in_flight;
    flags->warm_up = defaults.warm_up;
    flags->size = defaults.size;
    if (defaults.what == mode::slow)
        flags->credentials = R"({"capabilities":["gap"]})";
    CLI::App* app =
        bench.add_subcommand(std::string(load::name_of(defaults.what)), defaults.summary);
    app->footer(defaults.story);
    add_common(*app, *flags);
    if (defaults.what == mode::connect) {
        add_pace(*app, *flags, "Clients");
        app->add_option("--warm-up", flags->warm_up, "Clients of the first crowd")
            ->check(CLI::Range(0U, clients_max))
            ->type_name("NUMBER")
            ->capture_default_str();
    } else if (defaults.what != mode::storm) {
        add_pace(*app, *flags, "Messages");
        add_messages(*app, *flags);
    }
    if (defaults.what == mode::redis)
        add_redis_flags(*app, flags->redis, "Redis that the server listens to")
            ->envname("CRESSET_REDIS");
    if (defaults.what == mode::rooms)
        add_rooms(*app, *flags);
    if (defaults.what == mode::churn)
        add_visits(*app, *flags);
    if (defaults.what == mode::slow)
        add_slowness(*app, *flags);
    app->callback([app, flags, &status] {
        if (flags->what != mode::storm && flags->what != mode::slow &&
            app->count("--in-flight") > 0)
            flags->rate = 0;
        status = run_bench(*flags);
    });
}

} // namespace

void add_bench(CLI::App& program, exit_status& status)
{
    CLI::App* bench = program.add_subcommand("bench", "Put load on a server and report");
    bench->require_subcommand(1);
    bench->footer(
        "Each mode has its own flags: cresset bench fanout --help\n"
        "Example, with a server started as `cresset serve --join '*' --publish '*'`:\n"
        "  cresset bench latency --clients 1000 --rate 100 --pid $(pgrep -x cresset)\n"
        "Every message is accounted for. Exit status: 0; 1 if messages were lost, doubled,\n"
        "reordered or altered, or clients failed; 2 for flags that can't work.");
    for (const mode_defaults& each : modes)
        add_mode(*bench, each, status);
}

} // namespace cresset::cli
