#include "cli/units.hpp"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace cresset::cli {
namespace {

struct unit
{
    std::string_view name;
    std::uint64_t factor;
};

// A whole number and the unit behind it; nothing for a wrong one or one that is out of range.
template <std::size_t N>
std::optional<std::uint64_t> parse(std::string_view text, const unit (&units)[N])
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{})
        return std::nullopt;
    const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const unit& u : units) {
        if (u.name != name)
            continue;
        if (number > (std::uint64_t{1} << 40) / u.factor)
            return std::nullopt;
        return number * u.factor;
    }
    return std::nullopt;
}

constexpr unit durations[] = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}};
constexpr unit sizes[] = {{"", 1}, {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};

std::string write(std::uint64_t number, const unit* first, const unit* last)
{
    const unit* best = first;
    for (const unit* u = first; u != last; ++u)
        if (number % u->factor == 0 && number >= u->factor)
            best = u;
    return std::to_string(number / best->factor) + std::string(best->name);
}

} // namespace

CLI::Option* add_duration(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                          const std::string& description)
{
    const auto set = [&value, name](const std::string& text) {
        const auto number = parse(text, durations);
        if (!number)
            throw CLI::ValidationError(name, "\"" + text + "\" is no duration; write it like " +
                                                 "250ms, 5s or 2m");
        value = std::chrono::milliseconds(*number);
    };
    return app.add_option_function<std::string>(name, set, description)
        ->type_name("DURATION")
        ->default_str(write(static_cast<std::uint64_t>(value.count()), std::begin(durations),
                            std::end(durations)));
}

CLI::Option* add_bytes(CLI::App& app, const std::string& name, std::size_t& value,
                       const std::string& description)
{
    const auto set = [&value, name](const std::string& text) {
        const auto number = parse(text, sizes);
        if (!number)
            throw CLI::ValidationError(name, "\"" + text + "\" is no size; write it like " +
                                                 "512, 64KiB or 16MiB");
        value = static_cast<std::size_t>(*number);
    };
    return app.add_option_function<std::string>(name, set, description)
        ->type_name("SIZE")
        ->default_str(write(value, std::begin(sizes), std::end(sizes)));
}

} // namespace cresset::cli
