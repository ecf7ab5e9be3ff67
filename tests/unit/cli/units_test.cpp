#include "cli/units.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cresset::cli {
namespace {

template <typename Add, typename Value>
Value parsed(Add add, Value value, const std::string& text)
{
    CLI::App app;
    add(app, "--value", value, "");
    std::vector<std::string> arguments{"--value=" + text};
    app.parse(arguments);
    return value;
}

std::chrono::milliseconds duration(const std::string& text)
{
    return parsed(add_duration, std::chrono::milliseconds(7), text);
}

std::size_t bytes(const std::string& text)
{
    return parsed(add_bytes, std::size_t{7}, text);
}

TEST(units, durations_have_one)
{
    using namespace std::chrono_literals;
    EXPECT_EQ(duration("250ms"), 250ms);
    EXPECT_EQ(duration("5s"), 5s);
    EXPECT_EQ(duration("2m"), 2min);
    EXPECT_EQ(duration("1h"), 1h);
    EXPECT_EQ(duration("0s"), 0ms);
    for (const std::string text : {"5", "s", "5 s", "-5s", "5.5s", "5S", "5sec", "99999999999h"})
        EXPECT_THROW(duration(text), CLI::ValidationError) << text;
}

TEST(units, sizes_may_have_one)
{
    EXPECT_EQ(bytes("512"), 512u);
    EXPECT_EQ(bytes("512B"), 512u);
    EXPECT_EQ(bytes("64KiB"), 65536u);
    EXPECT_EQ(bytes("16MiB"), 16777216u);
    EXPECT_EQ(bytes("1GiB"), 1073741824u);
    for (const std::string text : {"KiB", "1kb", "1 KiB", "-1", "1.5MiB", "9999999GiB"})
        EXPECT_THROW(bytes(text), CLI::ValidationError) << text;
}

TEST(units, defaults_are_written_with_the_largest_that_fits)
{
    CLI::App app;
    std::chrono::milliseconds time(90'000);
    std::size_t size = 64 * 1024;
    EXPECT_EQ(add_duration(app, "--time", time, "")->get_default_str(), "90s");
    EXPECT_EQ(add_bytes(app, "--size", size, "")->get_default_str(), "64KiB");
}

} // namespace
} // namespace cresset::cli
