#include "http/request.hpp"

#include "http/grammar.hpp"
#include "http/target.hpp"

#include <algorithm>

namespace cresset::http {

std::string_view request::path() const noexcept
{
    return split_target(target).path;
}

const std::string* request::find(std::string_view name) const noexcept
{
    const auto found = std::ranges::find_if(
        headers, [name](const header& field) { return iequals(field.name, name); });
    return found == headers.end() ? nullptr : &found->value;
}

std::size_t request::count(std::string_view name) const noexcept
{
    return static_cast<std::size_t>(std::ranges::count_if(
        headers, [name](const header& field) { return iequals(field.name, name); }));
}

bool has_token(std::string_view list, std::string_view token) noexcept
{
    for (;;) {
        const std::size_t comma = list.find(',');
        const std::string_view element = trim(list.substr(0, comma));
        if (!element.empty() && iequals(element, token))
            return true;
        if (comma == std::string_view::npos)
            return false;
        list.remove_prefix(comma + 1);
    }
}

} // namespace cresset::http
