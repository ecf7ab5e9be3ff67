#pragma once

#include "base/client_id.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cresset::protocol {

// Envelopes (drawn in event.hpp) as the reference's JSON.stringify writes them: no space, keys in
// the order of PROTOCOL.md, absent ones left out. Texts are UTF-8.

// `raw_data` is JSON already, and not looked at; empty leaves `data` out.
std::string write_event(std::string_view event, std::string_view raw_data);

std::string write_error(std::string_view message);

std::string write_connected(const base::client_id& id, std::optional<std::string_view> user_id,
                            std::chrono::system_clock::time_point time);

} // namespace cresset::protocol
