#pragma once

#include <cstddef>
#include <cstdint>

namespace cresset::ws {

// The windows of RFC 7692, section 7.1.2, as powers of two.
inline constexpr unsigned window_bits_min = 8;
inline constexpr unsigned window_bits_max = 15;

// permessage-deflate as a server wants it.
struct deflate_options
{
    bool enabled = false;

    // A message of fewer bytes is sent as it is: there would be less than 100 bytes to save
    // (docs/compression.md).
    std::size_t threshold_bytes = 256;

    // Whether both sides may keep what they have sent and received before, for clients that don't
    // ask them not to: it makes small messages smaller, and takes memory for each client.
    bool context_takeover = false;
};

// What was agreed on with one client. Without context takeover each message is compressed by
// itself, so that one that is for many is so only once.
struct deflate_parameters
{
    bool agreed : 1 = false;
    bool server_keeps_context : 1 = false;
    bool client_keeps_context : 1 = false;
    std::uint8_t server_window_bits : 4 = window_bits_max;
    std::uint8_t client_window_bits : 4 = window_bits_max;

    friend bool operator==(const deflate_parameters&, const deflate_parameters&) = default;
};

static_assert(sizeof(deflate_parameters) <= 2); // every session has it

} // namespace cresset::ws
