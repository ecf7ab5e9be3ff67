#include "protocol/event_writer.hpp"

#include "base/clock.hpp"
#include "protocol/event.hpp"
#include "protocol/json_string.hpp"

namespace cresset::protocol {

std::string write_event(std::string_view event, std::string_view raw_data)
{
    constexpr std::string_view before_event = R"({"event":)";
    constexpr std::string_view before_data = R"(,"data":)";
    std::string text;
    // Room for the quotes and the brace too; only a name with escapes needs more.
    text.reserve(before_event.size() + event.size() + before_data.size() + raw_data.size() + 3);
    text += before_event;
    append_json_string(text, event);
    if (!raw_data.empty()) {
        text += before_data;
        text += raw_data;
    }
    text += '}';
    return text;
}

std::string write_error(std::string_view message)
{
    std::string data = R"({"message":)";
    append_json_string(data, message);
    data += '}';
    return write_event(system_event::error, data);
}

std::string write_connected(const base::client_id& id, std::optional<std::string_view> user_id,
                            std::chrono::system_clock::time_point time)
{
    std::string data = R"({"id":)";
    append_json_string(data, id.to_string());
    if (user_id) {
        data += R"(,"userId":)";
        append_json_string(data, *user_id);
    }
    data += R"(,"time":)";
    append_json_string(data, base::to_iso8601(time));
    data += '}';
    return write_event(system_event::connected, data);
}

} // namespace cresset::protocol
