#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cresset::protocol {

// An event as it stands in its text. The views live as long as the text, and until the next read.
struct event_view
{
    std::string_view event; // unescaped, never empty
    std::string_view data;  // raw JSON, byte for byte as it came in; empty if absent
    std::string_view id;    // unescaped; empty if absent or no string
};

enum class read_error
{
    invalid_format, // no JSON, or JSON that is no object
    no_event,       // an object whose event is missing, empty or no string
};

// Either an event or what is wrong with the text.
struct read_result
{
    std::optional<event_view> value;
    read_error error = read_error::invalid_format; // means something only without a value

    explicit operator bool() const noexcept { return value.has_value(); }
    const event_view* operator->() const noexcept { return &*value; }
};

// Decodes the envelope (drawn in event.hpp). All of the text is checked as strictly as JSON.parse
// would, because `data` goes on to other clients as it is. Where a key comes twice, the last one
// counts. One thread's; keeps only memory to unescape names into, which is nearly always none.
class event_reader
{
public:
    // Memory beyond `kept_bytes_max` is given back at the next read.
    explicit event_reader(std::size_t kept_bytes_max = 4096) noexcept;

    read_result read(std::string_view text);

private:
    std::string_view read_string(std::string_view raw, std::string& scratch);

    std::size_t kept_bytes_max_;
    std::string event_scratch_;
    std::string id_scratch_;
};

} // namespace cresset::protocol
