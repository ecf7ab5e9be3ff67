#pragma once

#include "load/plan.hpp"
#include "load/report.hpp"
#include "load/watch.hpp"

namespace cresset::load {

// Does what the plan says, against the server that it names, and reports. Throws run_error where
// there is nothing to report, with a line for people. One run at a time in a process: its CPU
// counts as the run's.
report run(const plan& p, watch& w);

} // namespace cresset::load
