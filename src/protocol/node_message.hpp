#pragma once

#include "base/client_id.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace cresset::protocol {

enum class target_kind : std::uint8_t
{
    client,
    user,
    room,
    broadcast
};

// What one node tells the others to deliver. Owns nothing: valid during the call that it is given
// to.
struct node_message
{
    std::string_view server_id; // of the node that sent it
    target_kind kind = target_kind::broadcast;
    std::string_view target; // a client id, user id or room; empty for a broadcast
    std::string_view event;
    std::string_view data; // raw JSON; empty if there is none
    std::span<const base::client_id> exclude = {};
};

} // namespace cresset::protocol
