#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace cresset::cli {

// What a setting is called in each place where it can be given:
//
//     --redis-queue-limit    CRESSET_REDIS_QUEUE_LIMIT    [redis] queue-limit
//     --host                 CRESSET_HOST                 [listen] host
//
// The table is the option's group; the key is the flag, without the table's name in front.
struct setting_name
{
    std::string flag;
    std::string variable;
    std::string table;
    std::string key;

    std::string path() const { return table + '.' + key; }
};

// Nothing for what is no setting, such as --help: those options are in no group.
std::optional<setting_name> name_of(const CLI::Option& option);

} // namespace cresset::cli
