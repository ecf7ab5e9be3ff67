#pragma once

#include "base/client_id.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::protocol {

// Envelopes (drawn in event.hpp) as the reference's JSON.stringify writes them: no space, keys in
// the order of PROTOCOL.md, absent ones left out. Texts are UTF-8.

// `raw_data` is JSON already, and not looked at; empty leaves `data` out.
std::string write_event(std::string_view event, std::string_view raw_data);

// The data of `error`.
std::string write_error_data(std::string_view message);

// What a client is told when it has authenticated.
struct connected
{
    const base::client_id& id;
    std::optional<std::string_view> user_id;
    std::chrono::system_clock::time_point time;

    struct keys
    {
        std::string_view server_public_key; // base64
        std::string_view salt;              // base64
    };
    std::optional<keys> key_exchange;

    // Those that it asked for and has; none: nothing is said of them.
    std::vector<std::string_view> capabilities = {};
};

// The data of `connected`.
std::string write_connected_data(const connected& client);

} // namespace cresset::protocol
