#pragma once

#include <concepts>
#include <cresset/json.hpp>
#include <cresset/requests.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace cresset {

// JSON text to send as it is: checked once, then passed through byte for byte. Empty text is no
// JSON; no data is payload().
struct raw_json
{
    std::string text;
};

template <typename T>
concept json_convertible = boost::json::has_value_from<T>::value;

// The `data` of an event: nothing, a JSON value, anything that converts to one, JSON text, or what
// a client sent.
class payload
{
public:
    // No data at all; the member is left out.
    payload() = default;

    payload(const boost::json::value& value) : text_(write_json(value)) {}

    payload(raw_json json) : text_(std::move(json.text)), valid_(is_json(text_)) {}

    // What a client sent, byte for byte, and nothing if it sent nothing: the message or request
    // itself. Its data() alone is a string like any other, and would be quoted.
    payload(const client_data& received) : text_(received.data()) {}

    payload(std::nullptr_t) : text_("null") {}
    payload(const char* string) : payload(boost::json::value(string)) {}
    payload(std::string_view string) : payload(boost::json::value(string)) {}
    payload(const std::string& string) : payload(std::string_view(string)) {}

    template <json_convertible T>
    requires(!std::convertible_to<T, std::string_view> && !std::same_as<T, boost::json::value> &&
             !std::derived_from<T, client_data>) payload(const T& value)
        : payload(boost::json::value_from(value))
    {}

    // JSON text; empty for no data.
    const std::string& text() const noexcept { return text_; }

    // False for raw_json that is none: such a payload is never sent.
    bool valid() const noexcept { return valid_; }

private:
    std::string text_;
    bool valid_ = true;
};

} // namespace cresset
