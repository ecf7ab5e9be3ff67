#include "cli/setting_name.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace cresset::cli {
namespace {

// Of flags that are called as their table.
constexpr std::pair<std::string_view, std::string_view> keys[] = {{"auth", "mode"},
                                                                  {"deflate", "enabled"},
                                                                  {"encryption", "mode"},
                                                                  {"redis", "url"},
                                                                  {"slow-clients", "policy"}};

std::string key_in(const std::string& table, const std::string& flag)
{
    if (flag.starts_with(table + '-'))
        return flag.substr(table.size() + 1);
    const auto* const found =
        std::ranges::find_if(keys, [&](const auto& each) { return each.first == flag; });
    return found == std::end(keys) ? flag : std::string(found->second);
}

std::string variable_of(const std::string& flag)
{
    std::string name = "CRESSET_" + flag;
    std::ranges::transform(name, name.begin(), [](char c) {
        if (c == '-')
            return '_';
        return 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return name;
}

} // namespace

std::optional<setting_name> name_of(const CLI::Option& option)
{
    constexpr std::string_view no_group = "Options"; // as CLI11 calls it
    if (option.get_group() == no_group || option.get_lnames().empty())
        return std::nullopt;
    const std::string& flag = option.get_lnames().front();
    const std::string& table = option.get_group();
    return setting_name{"--" + flag, variable_of(flag), table, key_in(table, flag)};
}

} // namespace cresset::cli
