#pragma once

#include "cli/config_file.hpp"
#include "cli/setting_name.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cresset::cli {

// Where a value comes from: the later ones win.
enum class origin : std::uint8_t
{
    built_in,
    file,
    environment,
    flag
};

// An option of a command that can be set in other places too.
struct setting
{
    CLI::Option* option;
    setting_name name;
    origin from = origin::built_in;
    std::string place; // "cresset.toml:12:9", "CRESSET_PORT", "--port"; empty: built in

    bool is_flag() const { return option->get_expected_max() == 0; }
    bool is_list() const { return option->get_expected_max() > 1; }
    bool is_number() const;

    // As the option has them, or by default has them; none: an empty list or text.
    std::vector<std::string> values() const;
};

struct configuration
{
    std::vector<setting> settings;     // all of the command's
    std::vector<std::string> problems; // a line each, which says where

    const setting* find(std::string_view path) const;
};

// Sets the command's options that no flag has set, from the environment, else from the file, if its
// name is not empty. What is wrong with one of them is a problem, and the others are set.
configuration configure(CLI::App& command, const std::string& file);
configuration configure(CLI::App& command, const std::vector<config_entry>& file);

} // namespace cresset::cli
