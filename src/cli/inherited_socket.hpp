#pragma once

#include <optional>

namespace cresset::cli {

// The listening socket that systemd has opened for this process (sd_listen_fds: LISTEN_PID,
// LISTEN_FDS), or nothing. Call once, before there are threads: processes that this one starts
// don't get it. Throws std::runtime_error with a line for people for what can't be served.
std::optional<int> take_inherited_socket();

} // namespace cresset::cli
