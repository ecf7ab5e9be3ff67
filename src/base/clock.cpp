#include "base/clock.hpp"

#include <cstdio>

namespace cresset::base {
namespace {

class kernel_time final : public time_source
{
public:
    steady_time now() const noexcept override { return std::chrono::steady_clock::now(); }
};

constexpr kernel_time kernel{};

} // namespace

const time_source& real_time() noexcept
{
    return kernel;
}

std::string to_iso8601(std::chrono::system_clock::time_point time)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<milliseconds>(time - day)};
    char text[40];
    const int size = std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return {text, static_cast<std::size_t>(size)};
}

} // namespace cresset::base
