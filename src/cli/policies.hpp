#pragma once

#include <cresset/slow_client.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::cli {

// Policies for slow clients as flags name them.
std::vector<std::string> policy_names();

std::optional<slow_client_policy> parse_policy(std::string_view name);

// Of EVENT=POLICY[:KEY] each. Throws option_error for what is none.
std::vector<event_policy> parse_event_policies(const std::vector<std::string>& given);

} // namespace cresset::cli
