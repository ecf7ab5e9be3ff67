#include "standalone/room_pattern.hpp"

#include "base/glob.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace cresset::standalone {
namespace {

constexpr std::string_view of_patterns = "*?";

bool may_stand(const std::optional<std::string>& value)
{
    return value && !value->empty() && value->find_first_of(of_patterns) == std::string::npos;
}

} // namespace

room_pattern::room_pattern(std::string text) : text_(std::move(text))
{
    if (text_.empty())
        throw std::invalid_argument("is empty");
    std::string_view rest = text_;
    for (;;) {
        const std::size_t open = rest.find_first_of("{}");
        if (open == std::string_view::npos) {
            parts_.push_back({std::string(rest), ""});
            return;
        }
        const std::size_t close = rest.find_first_of("{}", open + 1);
        if (rest[open] == '}' || close == std::string_view::npos || rest[close] == '{')
            throw std::invalid_argument("has a { or a } without the other");
        if (close == open + 1)
            throw std::invalid_argument("has {} without a name, such as {user_id}");
        parts_.push_back({std::string(rest.substr(0, open)),
                          std::string(rest.substr(open + 1, close - open - 1))});
        rest.remove_prefix(close + 1);
    }
}

bool room_pattern::matches(std::string_view room, client_values& of) const
{
    return matches(room, of, false);
}

bool room_pattern::may_match(std::string_view room, client_values& of) const
{
    return matches(room, of, true);
}

bool room_pattern::matches(std::string_view room, client_values& of, bool without_value) const
{
    if (parts_.size() == 1)
        return base::glob_match(text_, room);
    std::string filled;
    for (const part& each : parts_) {
        filled += each.before;
        if (each.name.empty())
            continue;
        const auto value = of.find(each.name);
        if (may_stand(value))
            filled += *value;
        else if (without_value)
            filled += '*';
        else
            return false;
    }
    return base::glob_match(filled, room);
}

room_patterns make_room_patterns(const std::vector<std::string>& texts)
{
    room_patterns patterns;
    for (const std::string& text : texts) {
        try {
            patterns.emplace_back(text);
        } catch (const std::invalid_argument& wrong) {
            throw std::invalid_argument('"' + text + "\" " + wrong.what());
        }
    }
    return patterns;
}

bool match_any(const room_patterns& patterns, std::string_view room, client_values& of)
{
    return std::ranges::any_of(patterns,
                               [&](const room_pattern& each) { return each.matches(room, of); });
}

bool may_match_any(const room_patterns& patterns, std::string_view room, client_values& of)
{
    return std::ranges::any_of(patterns,
                               [&](const room_pattern& each) { return each.may_match(room, of); });
}

} // namespace cresset::standalone
