#include "cli/config_text.hpp"

#include <cstddef>
#include <sstream>
#include <string_view>
#include <toml++/toml.h>

namespace cresset::cli {
namespace {

constexpr std::size_t columns = 100;

std::string quoted(const std::string& text)
{
    std::ostringstream out;
    out << toml::value<std::string>(text);
    return out.str();
}

std::string value_of(const setting& what)
{
    const std::vector<std::string> values = what.values();
    if (what.is_list()) {
        std::string list = "[";
        for (const std::string& each : values)
            if (!each.empty())
                list += (list.size() > 1 ? ", " : "") + quoted(each);
        return list + ']';
    }
    const std::string text = values.empty() ? "" : values.back();
    return what.is_flag() || what.is_number() ? text : quoted(text);
}

// redis://user:password@host: what stands before the last @, and all of it where it is no such URL,
// since that may be a password with its @ forgotten.
std::string without_password(const std::string& url)
{
    const std::size_t scheme = url.find("://");
    const std::size_t at = url.rfind('@');
    if (url.empty())
        return url;
    if (scheme == std::string::npos)
        return "***";
    const std::size_t begin = scheme + 3;
    if (at != std::string::npos && at >= begin)
        return url.substr(0, begin) + "***" + url.substr(at);
    const bool is_host =
        url.find(':', begin) == std::string::npos ||
        url.find_first_not_of("0123456789", url.rfind(':') + 1) == std::string::npos ||
        url.find('/', begin) != std::string::npos;
    return is_host ? url : url.substr(0, begin) + "***";
}

std::string shown_value(const setting& what)
{
    if (what.name.path() != "redis.url")
        return value_of(what);
    const std::vector<std::string> values = what.values();
    return quoted(without_password(values.empty() ? "" : values.back()));
}

std::string origin_of(const setting& what)
{
    return what.from == origin::built_in ? "default" : what.place;
}

// Words in lines that begin with "# ".
std::string comment(const std::string& text)
{
    std::istringstream words(text);
    std::string lines;
    std::string line = "#";
    for (std::string word; words >> word;) {
        if (line.size() + 1 + word.size() > columns) {
            lines += line + '\n';
            line = "#";
        }
        line += ' ' + word;
    }
    return lines + line + '\n';
}

// What is not in one of the settings' values; --help tells it too.
std::string remarks(const setting& what)
{
    std::string type = what.option->get_type_name();
    const std::size_t colon = type.find(':');
    if (colon == std::string::npos)
        return "";
    constexpr std::string_view kind = "UINT ";
    std::string_view rest = std::string_view(type).substr(colon + 1);
    if (rest.starts_with(kind))
        rest.remove_prefix(kind.size());
    return " (" + std::string(rest) + ')';
}

template <typename Line>
std::string write(const configuration& from, Line line)
{
    std::string text;
    std::string table;
    for (const setting& each : from.settings) {
        if (each.name.table != table) {
            table = each.name.table;
            text += (text.empty() ? "[" : "\n[") + table + "]\n";
        }
        text += line(each);
    }
    return text;
}

} // namespace

std::string write_effective(const configuration& from)
{
    return write(from, [](const setting& each) {
        return each.name.key + " = " + shown_value(each) + " # " + origin_of(each) + '\n';
    });
}

std::string write_example(const configuration& from)
{
    std::string text =
        comment("The settings of `cresset serve --config FILE`, with their defaults. Each may be "
                "given as a flag too (--redis-queue-limit, --host) or in the environment "
                "(CRESSET_REDIS_QUEUE_LIMIT, CRESSET_HOST); a flag wins over the environment, and "
                "that over this file. `cresset config check` tells what is wrong with it, and "
                "`cresset config print` what holds, and why.");
    return text + '\n' + write(from, [](const setting& each) {
               return '\n' + comment(each.option->get_description() + remarks(each)) + '#' +
                      each.name.key + " = " + value_of(each) + '\n';
           });
}

} // namespace cresset::cli
