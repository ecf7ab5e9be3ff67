#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::protocol {

// A member of a raw JSON object, for what is read once in a while: each call scans all of it. Where
// the key comes twice, the last one counts. What is empty or no valid object has no members.

// The raw value; empty if absent.
std::string_view find_member(std::string_view raw_object, std::string_view key);

// Unescaped; nothing if absent or no string.
std::optional<std::string> read_string_member(std::string_view raw_object, std::string_view key);

// Of an array, its strings, unescaped; nothing of what is no string.
std::vector<std::string> read_strings_member(std::string_view raw_object, std::string_view key);

} // namespace cresset::protocol
