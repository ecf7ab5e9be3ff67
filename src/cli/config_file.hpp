#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::cli {

enum class config_kind : std::uint8_t
{
    text,
    number, // whole
    boolean,
    list, // of texts
    other
};

// `key = value` of a table in a configuration file.
struct config_entry
{
    std::string table; // empty: it is in none
    std::string key;
    config_kind kind;
    std::vector<std::string> values; // one, or those of a list; none of another kind
    std::string place;               // "cresset.toml:12:9"

    std::string path() const { return table.empty() ? key : table + '.' + key; }
};

// All of them, in the order of the file. Throws std::runtime_error, with the place, for a file that
// can't be read or is no TOML.
std::vector<config_entry> read_config_file(const std::string& file);

// The same of what is in it; `file` is its name.
std::vector<config_entry> parse_config(std::string_view text, const std::string& file);

} // namespace cresset::cli
