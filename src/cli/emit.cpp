#include "cli/emit.hpp"

#include "cli/redis_flags.hpp"

#include <chrono>
#include <cresset/emitter.hpp>
#include <cstdio>
#include <deque>
#include <exception>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cresset::cli {
namespace {

// Lines of standard input on their way: fewer, and Redis would wait for us; more, and they could
// push each other out of the queue.
constexpr std::size_t under_way_max = 1'000;

constexpr std::chrono::seconds verdict_limit{30};

constexpr std::chrono::seconds progress_interval{1};

struct emit_flags
{
    redis_options redis;
    std::string client;
    std::string user;
    std::string room;
    bool broadcast = false;
    std::vector<std::string> exclude;
    std::string event;
    std::string data;
};

// Sends one message after the other and keeps count of what became of them.
class sender
{
public:
    sender(emitter& to, const emit_flags& flags, std::vector<client_id> exclude)
        : emitter_(to), flags_(flags), exclude_(std::move(exclude))
    {}

    // `line` is the number of it in standard input; 0: it is not from there.
    void send(std::string json, std::size_t line)
    {
        const payload data = json.empty() ? payload() : payload(raw_json{std::move(json)});
        if (!data.valid()) {
            ++failed_;
            complain(line, "no JSON");
            return;
        }
        under_way_.emplace_back(line, emit(data));
        if (under_way_.size() >= under_way_max)
            settle_oldest();
    }

    void settle_all()
    {
        while (!under_way_.empty())
            settle_oldest();
    }

    std::size_t taken() const noexcept { return taken_; }
    std::size_t failed() const noexcept { return failed_; }

private:
    std::future<emit_status> emit(const payload& data)
    {
        if (flags_.broadcast)
            return emitter_.broadcast(flags_.event, data, exclude_);
        if (!flags_.client.empty())
            return emitter_.to_client(flags_.client, flags_.event, data);
        if (!flags_.user.empty())
            return emitter_.to_user(flags_.user, flags_.event, data);
        return emitter_.to_room(flags_.room, flags_.event, data, exclude_);
    }

    void settle_oldest()
    {
        auto [line, verdict] = std::move(under_way_.front());
        under_way_.pop_front();
        if (verdict.wait_for(verdict_limit) != std::future_status::ready) {
            ++failed_;
            complain(line, "Redis gives no answer");
            return;
        }
        const emit_status status = verdict.get();
        if (status == emit_status::taken) {
            ++taken_;
            return;
        }
        ++failed_;
        complain(line, name_of(status));
    }

    static void complain(std::size_t line, std::string_view why)
    {
        const std::string where = line != 0 ? "line " + std::to_string(line) + ": " : "";
        std::fprintf(stderr, "cresset: %s%.*s\n", where.c_str(), static_cast<int>(why.size()),
                     why.data());
    }

    emitter& emitter_;
    const emit_flags& flags_;
    const std::vector<client_id> exclude_;
    std::deque<std::pair<std::size_t, std::future<emit_status>>> under_way_;
    std::size_t taken_ = 0;
    std::size_t failed_ = 0;
};

// One message a line, whatever its length; empty lines are passed over.
void send_lines(sender& to)
{
    const bool shows_progress = ::isatty(STDERR_FILENO) != 0;
    auto shown = std::chrono::steady_clock::now();
    std::size_t number = 0;
    for (std::string line; std::getline(std::cin, line);) {
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string::npos)
            continue;
        to.send(std::move(line), number);
        const auto now = std::chrono::steady_clock::now();
        if (shows_progress && now - shown >= progress_interval) {
            std::fprintf(stderr, "\r%zu lines", number);
            shown = now;
        }
    }
    to.settle_all();
    std::fprintf(stderr, "%s%zu sent, %zu failed\n", shows_progress ? "\r" : "", to.taken(),
                 to.failed());
}

exit_status run_emit(const emit_flags& flags)
{
    std::vector<client_id> exclude;
    for (const std::string& text : flags.exclude) {
        const auto id = client_id::parse(text);
        if (!id)
            return refuse("--exclude takes ids of clients, and \"" + text + "\" is none");
        exclude.push_back(*id);
    }
    if (!flags.data.empty() && flags.data != "-" && !is_json(flags.data))
        return refuse("the data is no JSON; text is written with its quotes: '\"Hello\"'");
    try {
        emitter to(flags.redis);
        to.start();
        sender messages(to, flags, std::move(exclude));
        if (flags.data == "-") {
            send_lines(messages);
        } else {
            messages.send(flags.data, 0);
            messages.settle_all();
        }
        to.stop();
        return messages.failed() == 0 ? success : failure;
    } catch (const option_error& error) {
        return refuse(error.what());
    } catch (const std::exception& error) {
        refuse(error.what());
        return failure;
    }
}

} // namespace

void add_emit(CLI::App& program, exit_status& status)
{
    auto flags = std::make_shared<emit_flags>();
    CLI::App* app =
        program.add_subcommand("emit", "Send an event to clients of a fleet, through Redis");
    app->footer(
        "Examples:\n"
        "  cresset emit --redis redis://127.0.0.1 --room public-lobby chat '{\"text\":\"Hi\"}'\n"
        "  tail -f prices.jsonl | cresset emit --redis redis://127.0.0.1 --broadcast price -\n"
        "Exit status: 0 if Redis took everything, 1 if not, 2 for flags that can't work.");
    auto* target = app->add_option_group("Target", "Who gets it: exactly one of");
    target->add_option("--client", flags->client, "A client, by its id")->type_name("ID");
    target->add_option("--user", flags->user, "All clients of a user")->type_name("ID");
    target->add_option("--room", flags->room, "The members of a room")->type_name("NAME");
    target->add_flag("--broadcast", flags->broadcast, "Every authenticated client");
    target->require_option(1);
    app->add_option("--exclude", flags->exclude, "A client that does not get it; may be repeated")
        ->allow_extra_args(false)
        ->type_name("ID");
    add_redis_flags(*app, flags->redis, "Redis that the fleet meets at")
        ->envname("CRESSET_REDIS")
        ->required();
    app->add_option("EVENT", flags->event, "Name of the event")->required();
    app->add_option("DATA", flags->data,
                    "Its data as JSON (default: none); -: one message for each line of standard "
                    "input");
    app->callback([flags, &status] { status = run_emit(*flags); });
}

} // namespace cresset::cli
