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

std::string write_error_data(std::string_view message)
{
    std::string data = R"({"message":)";
    append_json_string(data, message);
    data += '}';
    return data;
}

std::string write_connected_data(const connected& client)
{
    std::string data = R"({"id":)";
    append_json_string(data, client.id.to_string());
    if (client.user_id) {
        data += R"(,"userId":)";
        append_json_string(data, *client.user_id);
    }
    data += R"(,"time":)";
    append_json_string(data, base::to_iso8601(client.time));
    if (client.key_exchange) {
        data += R"(,"serverPublicKey":)";
        append_json_string(data, client.key_exchange->server_public_key);
        data += R"(,"salt":)";
        append_json_string(data, client.key_exchange->salt);
    }
    for (std::size_t i = 0; i < client.capabilities.size(); ++i) {
        data += i == 0 ? R"(,"capabilities":[)" : ",";
        append_json_string(data, client.capabilities[i]);
    }
    if (!client.capabilities.empty())
        data += ']';
    data += '}';
    return data;
}

} // namespace cresset::protocol
