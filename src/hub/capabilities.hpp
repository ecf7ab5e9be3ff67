#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cresset::hub {

// What a client may ask for on the wire that the reference doesn't have, by name in its
// credentials: {"capabilities": ["room-key"]}. `connected` repeats what it has got.
struct capabilities
{
    bool gap : 1 = false;              // `gap` tells it what was dropped for it
    bool reconnect : 1 = false;        // `reconnect` tells it when to go, before the server stops
    bool encrypted_number : 1 = false; // `encrypted` is numbered
    bool room_key : 1 = false;         // messages to its rooms come encrypted under the room's key

    // Of a client's credentials; names of others are ignored.
    static capabilities of(std::string_view credentials);

    // Those that don't take the built-in encryption of its session.
    capabilities without_encryption() const { return {.gap = gap, .reconnect = reconnect}; }

    std::vector<std::string_view> names() const;
};

} // namespace cresset::hub
