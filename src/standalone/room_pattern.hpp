#pragma once

#include "standalone/client_facts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cresset::standalone {

// Names of rooms, in which a client's own values have a place:
//
//     public-*            any room that begins so; ? is one byte
//     order:{user_id}:*   those of the client's user
//     team:{team}         those of the claim `team` of its token
//
// A client that lacks the value, or whose value is empty, no text and no whole number, or has a *
// or a ? in it, is in none of them.
class room_pattern
{
public:
    // Throws std::invalid_argument with what is wrong, to follow the text.
    explicit room_pattern(std::string text);

    bool matches(std::string_view room, client_values& of) const;

    // The same of what is denied: where the client lacks the value, any value fits.
    bool may_match(std::string_view room, client_values& of) const;

    const std::string& text() const noexcept { return text_; }

private:
    bool matches(std::string_view room, client_values& of, bool without_value) const;

    // What stands before a value, and its name; without a name at the end.
    struct part
    {
        std::string before;
        std::string name;
    };

    std::string text_;
    std::vector<part> parts_;
};

using room_patterns = std::vector<room_pattern>;

// Throws std::invalid_argument: the pattern, and what is wrong with it.
room_patterns make_room_patterns(const std::vector<std::string>& texts);

bool match_any(const room_patterns& patterns, std::string_view room, client_values& of);
bool may_match_any(const room_patterns& patterns, std::string_view room, client_values& of);

} // namespace cresset::standalone
