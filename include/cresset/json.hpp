#pragma once

#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/json/conversion.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
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

namespace detail {

template <typename T>
concept optional_like = requires(const T& o)
{
    typename T::value_type;
    {
        o.has_value()
        } -> std::same_as<bool>;
};

// The type has a conversion of its own, which decides what fits.
template <typename T>
concept converts_itself = requires(const boost::json::value& v)
{
    tag_invoke(boost::json::value_to_tag<T>(), v);
}
|| requires(const boost::json::value& v)
{
    tag_invoke(boost::json::try_value_to_tag<T>(), v);
};

template <typename T>
boost::json::value fitted(const boost::json::value& value);

template <typename T>
boost::json::value fitted_struct(const boost::json::object& given)
{
    using members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                             boost::describe::mod_inherited>;
    boost::json::object result;
    boost::mp11::mp_for_each<members>([&](auto member) {
        using type = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
        const boost::json::value* const found = given.if_contains(member.name);
        if (found)
            result.emplace(member.name, fitted<type>(*found));
        else if constexpr (optional_like<type>)
            result.emplace(member.name, nullptr);
    });
    return result;
}

// The value without members that described structs don't have, and with null for optional ones that
// are missing: Boost.JSON takes exactly what is described, but clients of another version send more
// or less.
template <typename T>
boost::json::value fitted(const boost::json::value& value)
{
    if constexpr (optional_like<T>) {
        return value.is_null() ? value : fitted<typename T::value_type>(value);
    } else if constexpr (converts_itself<T>) { // NOLINT(bugprone-branch-clone): before all others
        return value;
    } else if constexpr (boost::json::is_described_class<T>::value) {
        return value.is_object() ? fitted_struct<T>(value.get_object()) : value;
    } else if constexpr (boost::json::is_map_like<T>::value) {
        if (!value.is_object())
            return value;
        boost::json::object result;
        for (const auto& [key, mapped] : value.get_object())
            result.emplace(key, fitted<typename T::mapped_type>(mapped));
        return result;
    } else if constexpr (boost::json::is_sequence_like<T>::value &&
                         !boost::json::is_string_like<T>::value) {
        if (!value.is_array())
            return value;
        boost::json::array result;
        for (const boost::json::value& element : value.get_array())
            result.push_back(fitted<typename T::value_type>(element));
        return result;
    } else {
        return value;
    }
}

} // namespace detail

// A value as a type: any that Boost.JSON converts to, so numbers, strings, containers, structs
// described by Boost.Describe, and types with a tag_invoke of their own. Members that a described
// struct doesn't have are passed over, and std::optional ones may be missing. Throws data_error.
template <typename T>
T value_as(const boost::json::value& value)
{
    if constexpr (std::is_same_v<T, boost::json::value>) {
        return value;
    } else {
        auto converted = boost::json::try_value_to<T>(detail::fitted<T>(value));
        if (!converted)
            throw data_error("the data does not fit the type: " + converted.error().message());
        return std::move(*converted);
    }
}

} // namespace cresset
