#include "cli/signals.hpp"

#include <csignal>
#include <ctime>
#include <pthread.h>
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

} // namespace

void hold_stop_signals()
{
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

void wait_for_stop(const std::function<void()>& stop, const std::function<bool()>& done)
{
    const sigset_t set = stop_signals();
    int signal = 0;
    sigwait(&set, &signal);
    stop();
    while (!done()) {
        const timespec interval{0, 20'000'000};
        const int second = sigtimedwait(&set, nullptr, &interval);
        if (second > 0)
            _exit(128 + second);
    }
}

} // namespace cresset::cli
