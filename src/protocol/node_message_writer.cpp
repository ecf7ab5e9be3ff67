#include "protocol/node_message_writer.hpp"

#include "protocol/json_string.hpp"

#include <cstddef>
#include <string_view>

namespace cresset::protocol {
namespace {

constexpr std::size_t id_bytes = 39; // with quotes and a comma

// Room for everything; only names with escapes need more.
std::size_t size_of(const node_message& message)
{
    constexpr std::string_view frame =
        R"({"serverId":"","type":"broadcast","target":"","event":"","data":,"exclude":[]})";
    return frame.size() + message.server_id.size() + message.target.size() + message.event.size() +
           message.data.size() + message.exclude.size() * id_bytes;
}

void append_exclude(std::string& text, std::span<const base::client_id> exclude)
{
    char before = '[';
    for (const base::client_id& id : exclude) {
        text += before;
        append_json_string(text, id.to_string());
        before = ',';
    }
    text += ']';
}

} // namespace

std::string write_node_message(const node_message& message)
{
    std::string text;
    text.reserve(size_of(message));
    text += R"({"serverId":)";
    append_json_string(text, message.server_id);
    text += R"(,"type":)";
    append_json_string(text, name_of(message.kind));
    if (message.kind != target_kind::broadcast) {
        text += R"(,"target":)";
        append_json_string(text, message.target);
    }
    text += R"(,"event":)";
    append_json_string(text, message.event);
    if (!message.data.empty()) {
        text += R"(,"data":)";
        text += message.data;
    }
    if (!message.exclude.empty()) {
        text += R"(,"exclude":)";
        append_exclude(text, message.exclude);
    }
    text += '}';
    return text;
}

} // namespace cresset::protocol
