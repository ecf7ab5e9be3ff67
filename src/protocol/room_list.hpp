#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::protocol {

// The data of `join` and `leave`: {"rooms": ["lobby", "news"]}.

// In the way that JavaScript counts: UTF-16 code units.
inline constexpr std::size_t room_name_length_max = 256;

// The elements of `rooms` that are strings, unescaped and in order; none if there is no such array.
// `raw_data` is the data of an event_view.
std::vector<std::string> read_room_list(std::string_view raw_data);

// False for what no client may join: a name that is empty or too long, begins with "ws:", which is
// reserved for channels, or has the form of a client id, which would be that client's own room.
bool is_valid_room_name(std::string_view name) noexcept;

} // namespace cresset::protocol
