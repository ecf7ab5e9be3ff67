#include "cli/config_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <toml++/toml.h>
#include <tuple>

namespace cresset::cli {
namespace {

constexpr std::uintmax_t bytes_max = 1024 * 1024;

std::string place_of(const std::string& file, const toml::source_position& at)
{
    return file + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

// What it says, as text; the kind of another value is `other`.
config_entry read_value(const toml::node& value)
{
    config_entry read{
        .table = {}, .key = {}, .kind = config_kind::other, .values = {}, .place = {}};
    if (const auto* const text = value.as_string()) {
        read.kind = config_kind::text;
        read.values = {text->get()};
    } else if (const auto* const number = value.as_integer()) {
        read.kind = config_kind::number;
        read.values = {std::to_string(number->get())};
    } else if (const auto* const boolean = value.as_boolean()) {
        read.kind = config_kind::boolean;
        read.values = {boolean->get() ? "true" : "false"};
    } else if (const auto* const list = value.as_array()) {
        if (!std::ranges::all_of(*list, [](const toml::node& each) { return each.is_string(); }))
            return read;
        read.kind = config_kind::list;
        for (const toml::node& each : *list)
            read.values.push_back(each.as_string()->get());
    }
    return read;
}

// TOML++ keeps tables sorted by name.
void sort_by_place(std::vector<std::pair<toml::source_position, config_entry>>& entries)
{
    std::ranges::sort(entries, {}, [](const auto& each) {
        return std::tuple(each.first.line, each.first.column);
    });
}

} // namespace

std::vector<config_entry> read_config_file(const std::string& file)
{
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    if (error)
        throw std::runtime_error(file + ": " + error.message());
    if (size > bytes_max)
        throw std::runtime_error(file + ": a configuration has at most 1 MiB");
    std::ifstream from(file, std::ios::binary);
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!from.read(text.data(), static_cast<std::streamsize>(size)))
        throw std::runtime_error(file + ": " + std::strerror(errno));
    return parse_config(text, file);
}

std::vector<config_entry> parse_config(std::string_view text, const std::string& file)
{
    toml::table document;
    try {
        document = toml::parse(text, std::string_view(file));
    } catch (const toml::parse_error& wrong) {
        throw std::runtime_error(place_of(file, wrong.source().begin) + ": " +
                                 std::string(wrong.description()));
    }
    std::vector<std::pair<toml::source_position, config_entry>> entries;
    const auto add = [&](const std::string& table, const toml::key& key, const toml::node& value) {
        config_entry entry = read_value(value);
        entry.table = table;
        entry.key = key.str();
        entry.place = place_of(file, key.source().begin);
        entries.emplace_back(key.source().begin, std::move(entry));
    };
    for (const auto& [name, node] : document) {
        const toml::table* const table = node.as_table();
        if (!table)
            add("", name, node);
        else
            for (const auto& [key, value] : *table)
                add(std::string(name.str()), key, value);
    }
    sort_by_place(entries);
    std::vector<config_entry> sorted;
    for (auto& [at, entry] : entries)
        sorted.push_back(std::move(entry));
    return sorted;
}

} // namespace cresset::cli
