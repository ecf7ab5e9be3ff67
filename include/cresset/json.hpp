#pragma once

#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <cresset/errors.hpp>
#include <cresset/export.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cresset {

// JSON text as a value; empty text is null. Throws data_error.
CRESSET_EXPORT boost::json::value parse_json(std::string_view text);

CRESSET_EXPORT std::string write_json(const boost::json::value& value);

// Whether the text is one JSON value as RFC 8259 has it: UTF-8, at most 1,024 levels deep.
CRESSET_EXPORT bool is_json(std::string_view text) noexcept;

// A value as a type: any that Boost.JSON converts to, so numbers, strings, containers, structs
// described by Boost.Describe, and types with a tag_invoke of their own. Throws data_error.
template <typename T>
T value_as(const boost::json::value& value)
{
    if constexpr (std::is_same_v<T, boost::json::value>) {
        return value;
    } else {
        auto converted = boost::json::try_value_to<T>(value);
        if (!converted)
            throw data_error("the data does not fit the type: " + converted.error().message());
        return std::move(*converted);
    }
}

} // namespace cresset
