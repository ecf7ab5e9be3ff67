#include "protocol/room_list.hpp"

#include "base/client_id.hpp"
#include "protocol/json_member.hpp"

namespace cresset::protocol {
namespace {

constexpr std::string_view reserved_prefix = "ws:";

// One for each character of the UTF-8, two for one beyond U+FFFF, which takes four bytes.
std::size_t count_utf16_units(std::string_view text) noexcept
{
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        units += (byte & 0xc0) != 0x80;
        units += byte >= 0xf0;
    }
    return units;
}

} // namespace

std::vector<std::string> read_room_list(std::string_view raw_data)
{
    return read_strings_member(raw_data, "rooms");
}

bool is_valid_room_name(std::string_view name) noexcept
{
    return !name.empty() && count_utf16_units(name) <= room_name_length_max &&
           !name.starts_with(reserved_prefix) && !base::client_id::parse(name);
}

} // namespace cresset::protocol
