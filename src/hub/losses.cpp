#include "hub/losses.hpp"

#include "protocol/json_string.hpp"

#include <string_view>

namespace cresset::hub {
namespace {

void append_count(std::string& json, std::string_view name, std::uint64_t count)
{
    if (count != 0)
        json.append(",\"").append(name).append("\":").append(std::to_string(count));
}

} // namespace

void losses::add(const message_label* lost)
{
    ++count_;
    if (!lost || lost->to_client)
        ++client_;
    else if (lost->to == group_kind::user)
        ++user_;
    else if (lost->to == group_kind::everyone)
        ++everyone_;
    else if (const auto found = rooms_.find(lost->name); found != rooms_.end())
        ++found->second;
    else if (rooms_.size() < rooms_max)
        rooms_.emplace(lost->name, 1);
    else
        ++other_rooms_;
}

std::string losses::json() const
{
    std::string json = "{\"dropped\":" + std::to_string(count_);
    if (!rooms_.empty()) {
        json += ",\"rooms\":{";
        for (const auto& [room, count] : rooms_) {
            protocol::append_json_string(json, room);
            json.append(":").append(std::to_string(count)).append(",");
        }
        json.back() = '}';
    }
    append_count(json, "otherRooms", other_rooms_);
    append_count(json, "user", user_);
    append_count(json, "client", client_);
    append_count(json, "everyone", everyone_);
    return json + '}';
}

} // namespace cresset::hub
