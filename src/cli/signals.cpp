#include "cli/signals.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <exception>
#include <future>
#include <pthread.h>
#include <thread>
#include <unistd.h>

namespace cresset::cli {
namespace {

sigset_t stop_signals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

// The signal that came meanwhile; 0 or less if none did.
int signal_within(std::chrono::milliseconds wait)
{
    const sigset_t set = stop_signals();
    const timespec interval{wait.count() / 1'000, wait.count() % 1'000 * 1'000'000};
    return sigtimedwait(&set, nullptr, &interval);
}

// Until it is done; a signal ends the process.
void exit_if_signalled_before(const std::function<bool()>& done)
{
    while (!done())
        exit_on_signal_within(std::chrono::milliseconds(20));
}

} // namespace

void hold_stop_signals()
{
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

void hold_hang_ups()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void run_unless_stopped(const std::function<void()>& f)
{
    std::promise<void> outcome;
    std::future<void> ended = outcome.get_future();
    std::thread running([&] {
        try {
            f();
            outcome.set_value();
        } catch (...) {
            outcome.set_exception(std::current_exception());
        }
    });
    const auto has_ended = [&] {
        return ended.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    };
    while (!has_ended()) {
        const int signal = signal_within(std::chrono::milliseconds(20));
        if (signal > 0 && has_ended())
            ::kill(::getpid(), signal); // it is for what has begun, which hears of it later
        else if (signal > 0)
            _exit(128 + signal);
    }
    running.join();
    ended.get();
}

bool stop_signal_within(std::chrono::milliseconds wait)
{
    return signal_within(wait) > 0;
}

void exit_on_signal_within(std::chrono::milliseconds wait)
{
    const int signal = signal_within(wait);
    if (signal > 0)
        _exit(128 + signal);
}

void wait_for_stop(const std::function<void()>& stop, const std::function<bool()>& done,
                   const std::function<void()>& hung_up)
{
    sigset_t set = stop_signals();
    if (hung_up)
        sigaddset(&set, SIGHUP);
    int signal = 0;
    for (sigwait(&set, &signal); signal == SIGHUP; sigwait(&set, &signal))
        hung_up();
    stop();
    exit_if_signalled_before(done);
}

} // namespace cresset::cli
