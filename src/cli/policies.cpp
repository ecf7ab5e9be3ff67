#include "cli/policies.hpp"

#include <algorithm>
#include <array>
#include <cresset/errors.hpp>
#include <utility>

namespace cresset::cli {
namespace {

constexpr std::array<std::pair<std::string_view, slow_client_policy>, 4> policies{{
    {"drop-newest", slow_client_policy::drop_newest},
    {"drop-oldest", slow_client_policy::drop_oldest},
    {"keep-latest", slow_client_policy::keep_latest},
    {"close", slow_client_policy::close},
}};

event_policy parse_event_policy(std::string_view given)
{
    const std::size_t equals = given.rfind('=');
    if (equals == std::string_view::npos || equals == 0)
        throw option_error("--event-policy", "must be EVENT=POLICY or EVENT=keep-latest:KEY");
    const std::string_view value = given.substr(equals + 1);
    const std::size_t colon = value.find(':');
    const auto policy = parse_policy(value.substr(0, colon));
    if (!policy)
        throw option_error("--event-policy",
                           "must name drop-newest, drop-oldest, keep-latest or close");
    event_policy parsed{std::string(given.substr(0, equals)), *policy};
    if (colon != std::string_view::npos)
        parsed.key = value.substr(colon + 1);
    return parsed;
}

} // namespace

std::vector<std::string> policy_names()
{
    std::vector<std::string> names;
    names.reserve(policies.size());
    for (const auto& [name, policy] : policies)
        names.emplace_back(name);
    return names;
}

std::optional<slow_client_policy> parse_policy(std::string_view name)
{
    const auto found =
        std::ranges::find(policies, name, [](const auto& entry) { return entry.first; });
    return found == policies.end() ? std::nullopt : std::optional(found->second);
}

std::vector<event_policy> parse_event_policies(const std::vector<std::string>& given)
{
    std::vector<event_policy> parsed;
    parsed.reserve(given.size());
    for (const std::string& each : given)
        parsed.push_back(parse_event_policy(each));
    return parsed;
}

} // namespace cresset::cli
