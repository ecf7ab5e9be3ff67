#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cresset::protocol {

// What a client asks to have sent to a room:
//
//     {"room": "lobby", "event": "message", "data": {"any": ["JSON"]}}
//
// `data` is optional and passed on as the bytes that came in.
struct publish_request
{
    std::string room;      // unescaped, never empty
    std::string event;     // unescaped, never empty
    std::string_view data; // raw JSON; empty if absent
};

enum class publish_error
{
    no_object, // the data is absent, or no object
    no_room,   // `room` is missing, empty or no string
    no_event,  // `event` is missing, empty or no string
};

// Either a request or the first thing that is wrong with it.
struct publish_result
{
    std::optional<publish_request> value;
    publish_error error = publish_error::no_object; // means something only without a value

    explicit operator bool() const noexcept { return value.has_value(); }
    const publish_request* operator->() const noexcept { return &*value; }
};

// `raw_data` is the data of an event_view, and must outlive the request.
publish_result read_publish_request(std::string_view raw_data);

} // namespace cresset::protocol
