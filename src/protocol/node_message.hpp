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

// As it stands on the wire.
constexpr std::string_view name_of(target_kind kind) noexcept
{
    switch (kind) {
    case target_kind::client:
        return "client";
    case target_kind::user:
        return "user";
    case target_kind::room:
        return "room";
    case target_kind::broadcast:
        break;
    }
    return "broadcast";
}

// What one node tells the others to deliver. Owns nothing: valid during the call that it is given
// to. As a payload (PROTOCOL.md, section 2):
//
//     {"serverId": "4f...", "type": "room", "target": "lobby",
//      "event": "news", "data": {"any": ["JSON"]}, "exclude": ["0a..."]}
//
// `target` is missing in a broadcast, `data` and `exclude` where there are none.
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
