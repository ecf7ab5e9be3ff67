#include "base/log.hpp"
#include "support/captured_stderr.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fcntl.h>
#include <limits>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace cresset::base {
namespace {

using namespace std::string_literals;

constexpr std::string_view time = "2026-01-02T03:04:05.678Z";

std::string text_line(std::string_view message, log_fields fields = {})
{
    return format_log_line(log_format::text, time, log_level::info, message, fields);
}

std::string json_line(std::string_view message, log_fields fields = {})
{
    return format_log_line(log_format::json, time, log_level::info, message, fields);
}

// How a value from outside looks in either format.
std::string text_value(std::string_view value)
{
    return text_line("m", {{"key", value}}).substr(text_line("m").size() + 1 + 4);
}

std::string json_value(std::string_view value)
{
    const std::string before = json_line("m");
    const std::string line = json_line("m", {{"key", value}});
    return line.substr(before.size() - 1 + 7, line.size() - before.size() - 7);
}

TEST(log, writes_text_in_columns)
{
    EXPECT_EQ(text_line("listening", {{"url", "http://127.0.0.1:3000/"}, {"threads", 2}}),
              "2026-01-02T03:04:05.678Z info  listening url=http://127.0.0.1:3000/ threads=2");
    EXPECT_EQ(format_log_line(log_format::text, time, log_level::error, "failed", {}),
              "2026-01-02T03:04:05.678Z error failed");
}

TEST(log, writes_json_with_numbers_as_numbers)
{
    EXPECT_EQ(json_line("listening", {{"url", "http://[::1]/"}, {"threads", 2}}),
              R"({"time":"2026-01-02T03:04:05.678Z","level":"info","message":"listening",)"
              R"("url":"http://[::1]/","threads":2})");
    EXPECT_EQ(json_line("m", {{"n", std::numeric_limits<std::int64_t>::min()},
                              {"m", std::numeric_limits<std::uint64_t>::max()}}),
              R"({"time":"2026-01-02T03:04:05.678Z","level":"info","message":"m",)"
              R"("n":-9223372036854775808,"m":18446744073709551615})");
}

TEST(log, quotes_text_values_where_they_would_be_read_wrongly)
{
    EXPECT_EQ(text_value("plain-value:/1"), "plain-value:/1");
    EXPECT_EQ(text_value(""), R"("")");
    EXPECT_EQ(text_value("two words"), R"("two words")");
    EXPECT_EQ(text_value("x level=error"), R"("x level=error")");
    EXPECT_EQ(text_value(R"(a"b)"), R"("a\"b")");
    EXPECT_EQ(text_value(R"(a\b)"), R"("a\\b")");
    EXPECT_EQ(text_value("a\nb"), R"("a\u000ab")");
}

TEST(log, escapes_quotes_and_backslashes_in_json)
{
    EXPECT_EQ(json_value(R"(a"b)"), R"("a\"b")");
    EXPECT_EQ(json_value(R"(a\)"), R"("a\\")");
    EXPECT_EQ(json_value(R"(","level":"error)"), R"("\",\"level\":\"error")");
    EXPECT_EQ(json_value("a=b c"), R"("a=b c")");
}

TEST(log, escapes_every_control_character_in_both_formats)
{
    for (int c = 0; c < 256; ++c) {
        if (c >= 0x20 && c != 0x7f)
            continue;
        const std::string value = "a"s + static_cast<char>(c) + "b";
        char expected[16];
        std::snprintf(expected, sizeof expected, "\"a\\u%04xb\"", static_cast<unsigned>(c));
        EXPECT_EQ(json_value(value), expected);
        EXPECT_EQ(text_value(value), expected);
    }
    EXPECT_EQ(text_line("two\nlines"), text_line(R"(two\u000alines)").replace(35, 1, ""));
}

// Where a viewer may begin a new line (U+0085, U+2028, U+2029) or a terminal obey (U+009B).
TEST(log, escapes_the_controls_beyond_ascii)
{
    for (const auto& [value, expected] :
         std::vector<std::pair<std::string, std::string>>{{"a\xc2\x85z", R"("a\u0085z")"},
                                                          {"a\xc2\x80z", R"("a\u0080z")"},
                                                          {"a\xc2\x9b[2Jz", R"("a\u009b[2Jz")"},
                                                          {"a\xc2\x9fz", R"("a\u009fz")"},
                                                          {"a\xe2\x80\xa8z", R"("a\u2028z")"},
                                                          {"a\xe2\x80\xa9z", R"("a\u2029z")"}}) {
        EXPECT_EQ(json_value(value), expected);
        EXPECT_EQ(text_value(value), expected);
    }
}

TEST(log, leaves_other_utf8_as_it_is)
{
    for (const std::string value :
         {"\xc2\xa0", "Zo\xc3\xab", "\xe2\x82\xac", "\xf0\x9f\x94\xa5", "\xf4\x8f\xbf\xbf",
          "\xed\x9f\xbf", "\xee\x80\x80", "\xe2\x80\xaa"}) {
        EXPECT_EQ(json_value(value), '"' + value + '"');
        EXPECT_EQ(text_value(value), value);
    }
}

// A JSON reader refuses a whole line for one byte that is no UTF-8.
TEST(log, replaces_bytes_that_are_no_utf8)
{
    for (const auto& [value, expected] : std::vector<std::pair<std::string, std::string>>{
             {"\x80", R"("\ufffd")"},
             {"a\xff"
              "b",
              R"("a\ufffdb")"},
             {"\xc3", R"("\ufffd")"},                               // cut short
             {"\xc3\"", R"("\ufffd\"")"},                           // must not swallow the quote
             {"\xc0\xaf", R"("\ufffd\ufffd")"},                     // overlong
             {"\xe0\x80\xaf", R"("\ufffd\ufffd\ufffd")"},           // overlong
             {"\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"},           // a surrogate
             {"\xf4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"}, // beyond Unicode
             {"\xe2\x82", R"("\ufffd\ufffd")"}}) {
        EXPECT_EQ(json_value(value), expected);
        EXPECT_EQ(text_value(value), expected);
    }
}

TEST(log, knows_its_names)
{
    EXPECT_EQ(parse_log_level("debug"), log_level::debug);
    EXPECT_EQ(parse_log_level("warn"), log_level::warn);
    EXPECT_EQ(parse_log_level("off"), log_level::off);
    EXPECT_EQ(parse_log_level("INFO"), std::nullopt);
    EXPECT_EQ(parse_log_level(""), std::nullopt);
    EXPECT_EQ(parse_log_format("json"), log_format::json);
    EXPECT_EQ(parse_log_format("text"), log_format::text);
    EXPECT_EQ(parse_log_format("yaml"), std::nullopt);
}

TEST(log, writes_what_is_at_its_level_or_above)
{
    const tests::captured_stderr captured;
    log quiet(log_level::warn, log_format::text);
    EXPECT_FALSE(quiet.enabled(log_level::info));
    EXPECT_TRUE(quiet.enabled(log_level::warn));
    quiet.info("first");
    quiet.warn("second", {{"n", 2}});
    quiet.error("third");
    EXPECT_EQ(captured.text().find("first"), std::string::npos);
    EXPECT_NE(captured.text().find(" warn  second n=2\n"), std::string::npos);
    EXPECT_NE(captured.text().find(" error third\n"), std::string::npos);
}

TEST(log, writes_nothing_when_off)
{
    const tests::captured_stderr captured;
    log(log_level::off, log_format::json).error("failed");
    EXPECT_EQ(captured.text(), "");
}

TEST(log, counts_and_tells_what_a_full_pipe_does_not_take)
{
    std::array<int, 2> ends{};
    tests::check_call(::pipe2(ends.data(), O_CLOEXEC), "pipe2");
    const tests::descriptor reader(ends[0]);
    const tests::descriptor writer(ends[1]);
    const tests::descriptor before(tests::check_call(::dup(STDERR_FILENO), "dup"));
    tests::check_call(::fcntl(reader.get(), F_SETFL, O_NONBLOCK), "O_NONBLOCK");
    const auto drained = [&] {
        std::string all(100'000, '\0');
        const ssize_t size = ::read(reader.get(), all.data(), all.size());
        all.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        return all;
    };
    log subject(log_level::info, log_format::text);
    ::dup2(writer.get(), STDERR_FILENO);
    int lines = 0;
    for (; subject.lost() < 3; ++lines)
        subject.info("a line", {{"n", lines}});
    const std::string first = drained();
    subject.info("after");
    const std::string second = drained();
    ::dup2(before.get(), STDERR_FILENO);

    EXPECT_EQ(tests::count_of(first, "\n"), static_cast<std::size_t>(lines) - 4);
    const std::string kept = " info  a line n=" + std::to_string(lines - 4) + '\n';
    EXPECT_LT(second.find(kept), second.find(" warn  lines of the log are lost lines=3\n"));
    EXPECT_NE(second.find(" info  after\n"), std::string::npos);
    EXPECT_EQ(subject.lost(), 3u);
}

TEST(log, writes_whole_lines_from_any_thread)
{
    const tests::captured_stderr captured;
    log shared(log_level::info, log_format::text);
    std::vector<std::thread> writers;
    for (int t = 0; t < 4; ++t)
        writers.emplace_back([&] {
            for (int i = 0; i < 250; ++i)
                shared.info("a line of a certain length", {{"key", "value"}});
        });
    for (std::thread& t : writers)
        t.join();
    const std::string text = captured.text();
    EXPECT_EQ(tests::count_of(text, " info  a line of a certain length key=value\n"), 1000u);
    EXPECT_EQ(tests::count_of(text, "\n"), 1000u);
}

} // namespace
} // namespace cresset::base
