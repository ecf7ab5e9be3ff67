#include "protocol/node_message_reader.hpp"

#include "protocol/json_scanner.hpp"
#include "protocol/json_string.hpp"
#include "protocol/json_text.hpp"

#include <simdjson.h>

namespace cresset::protocol {
namespace {

// The values as they came in; empty where absent.
struct raw_message
{
    std::string_view server_id, type, target, event, data, exclude;
};

// False for what is not one JSON object.
bool scan(std::string_view payload, raw_message& raw)
{
    json_scanner scanner(payload);
    scanner.enter_object();
    std::string_view key, value;
    while (scanner.next_member(key, value)) {
        if (is_json_string(key, "serverId"))
            raw.server_id = value;
        else if (is_json_string(key, "type"))
            raw.type = value;
        else if (is_json_string(key, "target"))
            raw.target = value;
        else if (is_json_string(key, "event"))
            raw.event = value;
        else if (is_json_string(key, "data"))
            raw.data = value;
        else if (is_json_string(key, "exclude"))
            raw.exclude = value;
    }
    return scanner.finish();
}

bool is_string(std::string_view raw)
{
    return raw.starts_with('"');
}

std::optional<target_kind> read_kind(std::string_view raw)
{
    if (!is_string(raw))
        return std::nullopt;
    for (const target_kind kind :
         {target_kind::room, target_kind::client, target_kind::user, target_kind::broadcast})
        if (is_json_string(raw, name_of(kind)))
            return kind;
    return std::nullopt;
}

node_message_result failed(node_message_error error)
{
    return {std::nullopt, error};
}

} // namespace

std::string_view name_of(node_message_error error) noexcept
{
    switch (error) {
    case node_message_error::not_json:
        return "no JSON";
    case node_message_error::no_object:
        return "no object";
    case node_message_error::no_server_id:
        return "no serverId";
    case node_message_error::no_event:
        return "no event";
    case node_message_error::bad_type:
        return "unknown type";
    case node_message_error::no_target:
        return "no target";
    }
    return "unknown";
}

node_message_reader::node_message_reader(std::size_t kept_bytes_max) noexcept
    : kept_bytes_max_(kept_bytes_max)
{}

node_message_result node_message_reader::read(std::string_view payload)
{
    raw_message raw;
    if (!simdjson::validate_utf8(payload))
        return failed(node_message_error::not_json);
    if (!scan(payload, raw))
        return failed(is_json_text(payload) ? node_message_error::no_object
                                            : node_message_error::not_json);
    if (!is_string(raw.server_id))
        return failed(node_message_error::no_server_id);
    node_message message;
    message.server_id = read_string(raw.server_id, server_id_scratch_);
    message.event = read_string(raw.event, event_scratch_);
    if (message.event.empty())
        return failed(node_message_error::no_event);
    const std::optional<target_kind> kind = read_kind(raw.type);
    if (!kind)
        return failed(node_message_error::bad_type);
    message.kind = *kind;
    if (*kind != target_kind::broadcast) {
        message.target = read_string(raw.target, target_scratch_);
        if (message.target.empty())
            return failed(node_message_error::no_target);
    }
    message.data = raw.data;
    read_exclude(raw.exclude);
    message.exclude = exclude_;
    return {message};
}

// Empty for what is no string.
std::string_view node_message_reader::read_string(std::string_view raw, std::string& scratch)
{
    if (scratch.capacity() > kept_bytes_max_)
        std::string().swap(scratch);
    return is_string(raw) ? unescape(raw, scratch) : std::string_view();
}

void node_message_reader::read_exclude(std::string_view raw)
{
    if (exclude_.capacity() * sizeof(base::client_id) > kept_bytes_max_)
        std::vector<base::client_id>().swap(exclude_);
    exclude_.clear();
    json_scanner scanner(raw);
    scanner.enter_array();
    std::string_view element;
    while (scanner.next_element(element)) {
        if (const auto id = base::client_id::parse(read_string(element, id_scratch_)))
            exclude_.push_back(*id);
    }
}

bool carries_server_id(std::string_view payload, std::string_view server_id) noexcept
{
    constexpr std::string_view before = R"({"serverId":")";
    if (!payload.starts_with(before))
        return false;
    payload.remove_prefix(before.size());
    return payload.starts_with(server_id) && payload.substr(server_id.size()).starts_with('"');
}

} // namespace cresset::protocol
