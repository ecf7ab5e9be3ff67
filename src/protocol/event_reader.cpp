#include "protocol/event_reader.hpp"

#include "protocol/json_scanner.hpp"
#include "protocol/json_string.hpp"

#include <simdjson.h>

namespace cresset::protocol {

event_reader::event_reader(std::size_t kept_bytes_max) noexcept : kept_bytes_max_(kept_bytes_max) {}

read_result event_reader::read(std::string_view text)
{
    if (!simdjson::validate_utf8(text))
        return {std::nullopt, read_error::invalid_format};

    std::string_view event, data, id; // raw
    json_scanner scanner(text);
    scanner.enter_object();
    std::string_view key, value;
    while (scanner.next_member(key, value)) {
        if (is_json_string(key, "event"))
            event = value;
        else if (is_json_string(key, "data"))
            data = value;
        else if (is_json_string(key, "id"))
            id = value;
    }
    if (!scanner.finish())
        return {std::nullopt, read_error::invalid_format};

    const std::string_view name = read_string(event, event_scratch_);
    if (name.empty())
        return {std::nullopt, read_error::no_event};
    return {event_view{name, data, read_string(id, id_scratch_)}};
}

// Empty for what is no string.
std::string_view event_reader::read_string(std::string_view raw, std::string& scratch)
{
    if (scratch.capacity() > kept_bytes_max_)
        std::string().swap(scratch);
    return raw.starts_with('"') ? unescape(raw, scratch) : std::string_view();
}

} // namespace cresset::protocol
