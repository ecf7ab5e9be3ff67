#include "base/log.hpp"

#include "base/clock.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <chrono>
#include <cstdio>

namespace cresset::base {
namespace {

constexpr std::array<std::string_view, 5> level_names{"debug", "info", "warn", "error", "off"};

std::string_view name_of(log_level level)
{
    return level_names[static_cast<std::size_t>(level)];
}

void append_escaped(std::string& out, std::string_view text)
{
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            char escape[7];
            std::snprintf(escape, sizeof escape, "\\u%04x", byte);
            out += escape;
        } else {
            out += c;
        }
    }
}

bool needs_quotes(const log_field& field)
{
    if (!field.quoted)
        return false;
    return field.text.empty() || field.text.find_first_of(" =\"\\") != std::string::npos;
}

void append_quoted(std::string& out, std::string_view text)
{
    out += '"';
    append_escaped(out, text);
    out += '"';
}

std::string text_line(std::string_view time, log_level level, std::string_view message,
                      log_fields fields)
{
    std::string line{time};
    line += ' ';
    line += name_of(level);
    line.append(6 - name_of(level).size(), ' ');
    append_escaped(line, message);
    for (const log_field& field : fields) {
        line += ' ';
        line += field.key;
        line += '=';
        if (needs_quotes(field))
            append_quoted(line, field.text);
        else
            append_escaped(line, field.text);
    }
    return line;
}

std::string json_line(std::string_view time, log_level level, std::string_view message,
                      log_fields fields)
{
    std::string line = "{\"time\":";
    append_quoted(line, time);
    line += ",\"level\":";
    append_quoted(line, name_of(level));
    line += ",\"message\":";
    append_quoted(line, message);
    for (const log_field& field : fields) {
        line += ',';
        append_quoted(line, field.key);
        line += ':';
        if (field.quoted)
            append_quoted(line, field.text);
        else
            line += field.text;
    }
    line += '}';
    return line;
}

} // namespace

std::optional<log_level> parse_log_level(std::string_view name) noexcept
{
    for (std::size_t i = 0; i < level_names.size(); ++i)
        if (level_names[i] == name)
            return static_cast<log_level>(i);
    return std::nullopt;
}

std::optional<log_format> parse_log_format(std::string_view name) noexcept
{
    if (name == "text")
        return log_format::text;
    if (name == "json")
        return log_format::json;
    return std::nullopt;
}

std::string format_log_line(log_format format, std::string_view time, log_level level,
                            std::string_view message, log_fields fields)
{
    return format == log_format::json ? json_line(time, level, message, fields)
                                      : text_line(time, level, message, fields);
}

struct log::sink
{
    spdlog::sinks::stderr_sink_mt out;
};

log::log(log_level level, log_format format)
    : level_(level), format_(format), sink_(std::make_unique<sink>())
{
    sink_->out.set_pattern("%v");
}

log::~log() = default;

void log::write(log_level level, std::string_view message, log_fields fields)
{
    if (!enabled(level) || level_ == log_level::off)
        return;
    const std::string line = format_log_line(
        format_, to_iso8601(std::chrono::system_clock::now()), level, message, fields);
    sink_->out.log(spdlog::details::log_msg("", spdlog::level::info, line));
}

} // namespace cresset::base
