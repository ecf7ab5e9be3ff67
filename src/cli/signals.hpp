#pragma once

#include <chrono>
#include <functional>

namespace cresset::cli {

// Holds back SIGINT and SIGTERM from every thread that is made from here on, so that
// wait_for_stop can receive them in order; and ignores SIGPIPE.
void hold_stop_signals();

// Holds back SIGHUP in the same way, for a wait_for_stop that hears of it.
void hold_hang_ups();

// Runs f, which may take long, on a thread of its own; a signal meanwhile ends the process at once,
// with the status that a shell gives for it. What f throws, this throws.
void run_unless_stopped(const std::function<void()>& f);

// Waits for so long, or until SIGINT or SIGTERM comes: then true.
bool stop_signal_within(std::chrono::milliseconds wait);

// The same, but a signal ends the process at once.
void exit_on_signal_within(std::chrono::milliseconds wait);

// Waits for SIGINT or SIGTERM, and calls hung_up, if there is one, at each SIGHUP until then; then
// calls stop and waits until `done` says so. A second signal ends the process at once, with the
// status that a shell gives for it.
void wait_for_stop(const std::function<void()>& stop, const std::function<bool()>& done,
                   const std::function<void()>& hung_up = {});

} // namespace cresset::cli
