#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cresset::hub {

// What a client may ask for on the wire that the reference doesn't have, by name in its
// credentials: {"capabilities": ["room-key"]}. `connected` repeats what it has got.
struct capabilities
{
    bool encrypted_number = false; // `encrypted` is numbered
    bool room_key = false;         // messages to its rooms come encrypted under the room's key

    // Of the credentials of a client whose session is encrypted; names of others are ignored.
    static capabilities of(std::string_view credentials);

    std::vector<std::string_view> names() const;
};

} // namespace cresset::hub
