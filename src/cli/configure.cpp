#include "cli/configure.hpp"

#include "cli/nearest.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace cresset::cli {
namespace {

// What CLI11 says begins with the name of the flag.
std::string without_flag(const std::string& what, const setting_name& name)
{
    const std::string start = name.flag + ": ";
    return what.starts_with(start) ? what.substr(start.size()) : what;
}

class filler
{
public:
    explicit filler(CLI::App& command)
    {
        for (CLI::Option* option : command.get_options())
            if (const auto name = name_of(*option))
                done_.settings.push_back({option, *name, origin::built_in, {}});
    }

    void take_flags()
    {
        for (setting& each : done_.settings)
            if (each.option->count() != 0)
                mark(each, origin::flag, each.name.flag);
    }

    void take_environment()
    {
        for (setting& each : done_.settings) {
            const char* const text = std::getenv(each.name.variable.c_str());
            if (each.from != origin::built_in || !text || *text == '\0')
                continue;
            mark(each, origin::environment, each.name.variable);
            set(each, {text});
        }
    }

    void take_file(const std::vector<config_entry>& file)
    {
        std::map<std::string, setting*> by_path;
        std::vector<std::string> known;
        for (setting& each : done_.settings) {
            by_path.emplace(each.name.path(), &each);
            known.push_back(each.name.path());
        }
        for (const config_entry& entry : file) {
            const auto found = by_path.find(entry.path());
            if (found == by_path.end())
                problem(entry.place, "unknown key " + entry.path() + nearest_hint(entry, known));
            else if (found->second->from == origin::built_in)
                take(*found->second, entry);
            else
                check_kind(*found->second, entry);
        }
    }

    configuration done() { return std::move(done_); }

private:
    static std::string nearest_hint(const config_entry& entry,
                                    const std::vector<std::string>& known)
    {
        // The right key in a wrong table is nearer than any other.
        for (const std::string& path : known)
            if (path.ends_with('.' + entry.key))
                return "; there is " + path;
        const std::string near = nearest(entry.path(), known);
        return near.empty() ? "" : "; did you mean " + near + '?';
    }

    static void mark(setting& what, origin from, const std::string& place)
    {
        what.from = from;
        what.place = place;
    }

    void problem(const std::string& place, const std::string& what)
    {
        done_.problems.push_back(place + ": " + what);
    }

    void take(setting& what, const config_entry& entry)
    {
        if (!check_kind(what, entry) || !check_parts(what, entry))
            return;
        mark(what, origin::file, entry.place);
        std::vector<std::string> values = entry.values;
        // None, where by default there are some.
        if (values.empty() && !what.option->get_default_str().empty())
            values.emplace_back();
        if (!values.empty())
            set(what, values);
    }

    // CLI11 would take these apart, as it does on the command line.
    bool check_parts(const setting& what, const config_entry& entry)
    {
        if (!what.is_list())
            return true;
        for (const std::string& value : entry.values) {
            const bool has_brackets = value.starts_with('[') && value.ends_with(']');
            if (has_brackets || value.find(',') != std::string::npos) {
                problem(entry.place, what.name.path() + ": \"" + value + "\" may not have " +
                                         (has_brackets ? "brackets around it" : "a comma in it"));
                return false;
            }
        }
        return true;
    }

    bool check_kind(const setting& what, const config_entry& entry)
    {
        const std::string wanted = wanted_kind(what, entry.kind);
        if (!wanted.empty())
            problem(entry.place, what.name.path() + " is " + wanted);
        return wanted.empty();
    }

    // Empty if the value is of the right kind.
    static std::string wanted_kind(const setting& what, config_kind is)
    {
        const std::string type = what.option->get_type_name();
        if (what.is_flag())
            return is == config_kind::boolean ? "" : "true or false, without quotes";
        if (what.is_number())
            return is == config_kind::number ? "" : "a whole number, without quotes";
        if (what.is_list())
            return is == config_kind::list || is == config_kind::text
                       ? ""
                       : R"(a list of texts, such as ["a", "b"])";
        if (is == config_kind::text || (is == config_kind::number && type == "SIZE"))
            return "";
        if (type == "DURATION")
            return R"(a duration with its unit, in quotes, such as "5s")";
        if (type == "SIZE")
            return R"(a size with its unit, in quotes, such as "16MiB")";
        return "a text, in quotes";
    }

    void set(setting& what, const std::vector<std::string>& values)
    {
        CLI::Option& option = *what.option;
        try {
            for (const std::string& value : values)
                option.add_result(value);
            option.run_callback();
        } catch (const CLI::ConversionError&) {
            const char* const wanted = what.is_flag() ? "true or false" : "a number in its range";
            problem(what.place, values.back() + " is not " + wanted + hint(what, values.back()));
            option.clear();
        } catch (const CLI::Error& wrong) {
            problem(what.place, without_flag(wrong.what(), what.name) + hint(what, values.back()));
            option.clear();
        }
    }

    // For a service of the name "cresset" Kubernetes sets CRESSET_PORT, to something else.
    static std::string hint(const setting& what, std::string_view value)
    {
        const bool by_kubernetes = what.from == origin::environment && value.starts_with("tcp://");
        return by_kubernetes ? " (set by Kubernetes, for a service of that name? "
                               "enableServiceLinks: false ends that)"
                             : "";
    }

    configuration done_;
};

std::vector<std::string> split_at_commas(const std::string& text)
{
    std::vector<std::string> parts;
    std::istringstream from(text);
    for (std::string part; std::getline(from, part, ',');)
        parts.push_back(part);
    return parts;
}

} // namespace

bool setting::is_number() const
{
    const std::string type = option->get_type_name();
    return type.starts_with("UINT") || type.starts_with("INT");
}

std::vector<std::string> setting::values() const
{
    if (option->count() != 0)
        return option->results();
    if (is_flag())
        return {"false"};
    const std::string built_in = option->get_default_str();
    return is_list() ? split_at_commas(built_in) : std::vector{built_in};
}

const setting* configuration::find(std::string_view path) const
{
    const auto found = std::ranges::find_if(
        settings, [&](const setting& each) { return each.name.path() == path; });
    return found == settings.end() ? nullptr : &*found;
}

configuration configure(CLI::App& command, const std::string& file)
{
    std::vector<config_entry> entries;
    std::string problem;
    try {
        if (!file.empty())
            entries = read_config_file(file);
    } catch (const std::runtime_error& wrong) {
        problem = wrong.what();
    }
    configuration done = configure(command, entries);
    if (!problem.empty())
        done.problems.push_back(std::move(problem));
    return done;
}

configuration configure(CLI::App& command, const std::vector<config_entry>& file)
{
    filler by(command);
    by.take_flags();
    by.take_environment();
    by.take_file(file);
    return by.done();
}

} // namespace cresset::cli
