#include "hub/capabilities.hpp"

#include "protocol/json_member.hpp"

#include <algorithm>

namespace cresset::hub {
namespace {

constexpr std::string_view gap_name = "gap";
constexpr std::string_view reconnect_name = "reconnect";
constexpr std::string_view encrypted_number_name = "encrypted-number";
constexpr std::string_view room_key_name = "room-key";

} // namespace

capabilities capabilities::of(std::string_view credentials)
{
    const auto asked = protocol::read_strings_member(credentials, "capabilities");
    const auto has = [&](std::string_view name) {
        return std::ranges::find(asked, name) != asked.end();
    };
    return {has(gap_name), has(reconnect_name), has(encrypted_number_name), has(room_key_name)};
}

std::vector<std::string_view> capabilities::names() const
{
    std::vector<std::string_view> all;
    if (gap)
        all.push_back(gap_name);
    if (reconnect)
        all.push_back(reconnect_name);
    if (encrypted_number)
        all.push_back(encrypted_number_name);
    if (room_key)
        all.push_back(room_key_name);
    return all;
}

} // namespace cresset::hub
