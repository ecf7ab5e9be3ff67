#pragma once

#include <atomic>
#include <concepts>
#include <cresset/log.hpp>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cresset::base {

using cresset::log_format;
using cresset::log_level;

std::optional<log_level> parse_log_level(std::string_view name) noexcept;
std::optional<log_format> parse_log_format(std::string_view name) noexcept;

// One "key=value" of a log line. Never give it a secret: nothing is masked.
struct log_field
{
    std::string_view key;
    std::string text;

    log_field(std::string_view k, std::string_view value) : key(k), text(value) {}
    log_field(std::string_view k, const char* value) : key(k), text(value) {}
    log_field(std::string_view k, const std::string& value) : key(k), text(value) {}
    template <std::integral Integer>
    log_field(std::string_view k, Integer value)
        : key(k), text(std::to_string(value)), quoted(false)
    {}

    // Whether JSON needs quotes around it.
    bool quoted = true;
};

using log_fields = std::initializer_list<log_field>;

// Writes lines to standard error, whole ones, from any thread. It waits for no reader: lines that a
// full pipe or disk doesn't take are lost, and the next one that it takes is behind a line that
// says how many.
//
//   text  2026-01-02T03:04:05.678Z info  listening url=http://127.0.0.1:3000/
//   json  {"time":"2026-01-02T03:04:05.678Z","level":"info","message":"listening","url":"..."}
//
// Control characters are escaped, values in text quoted where needed, and bytes that are no UTF-8
// replaced, so that nothing a stranger sends can forge a line or spoil it for its reader.
class log
{
public:
    log(log_level level, log_format format);
    ~log();

    bool enabled(log_level level) const noexcept { return level >= level_; }

    // From here on. From any thread.
    void set_level(log_level level) noexcept { level_ = level; }

    void write(log_level level, std::string_view message, log_fields fields = {});

    // Lines that were lost so far.
    std::uint64_t lost() const;

    void debug(std::string_view message, log_fields fields = {})
    {
        write(log_level::debug, message, fields);
    }
    void info(std::string_view message, log_fields fields = {})
    {
        write(log_level::info, message, fields);
    }
    void warn(std::string_view message, log_fields fields = {})
    {
        write(log_level::warn, message, fields);
    }
    void error(std::string_view message, log_fields fields = {})
    {
        write(log_level::error, message, fields);
    }

private:
    struct sink;

    std::atomic<log_level> level_;
    log_format format_;
    std::unique_ptr<sink> sink_;
};

// One line of the log, without its end; what log::write makes.
std::string format_log_line(log_format format, std::string_view time, log_level level,
                            std::string_view message, log_fields fields);

} // namespace cresset::base
