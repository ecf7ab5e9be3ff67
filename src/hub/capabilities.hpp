#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cresset::hub {

// What a client may ask for on the wire that the reference doesn't have, by name in its
// credentials: {"capabilities": ["room-key"]}. `connected` repeats what it has got.
struct capabilities
{
    bool gap = false;              // `gap` tells it what was dropped for it
    bool encrypted_number = false; // `encrypted` is numbered
    bool room_key = false;         // messages to its rooms come encrypted under the room's key

    // Of a client's credentials; names of others are ignored.
    static capabilities of(std::string_view credentials);

    // Those that don't take the built-in encryption of its session.
    capabilities without_encryption() const { return {.gap = gap}; }

    std::vector<std::string_view> names() const;
};

} // namespace cresset::hub
