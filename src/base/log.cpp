#include "base/log.hpp"

#include "base/clock.hpp"
#include "base/line_writer.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <unistd.h>
#include <utility>

namespace cresset::base {
namespace {

constexpr std::array<std::string_view, 5> level_names{"debug", "info", "warn", "error", "off"};

std::string_view name_of(log_level level)
{
    return level_names[static_cast<std::size_t>(level)];
}

// The size of the valid UTF-8 sequence at the front (RFC 3629, section 4); 0 if there is none.
std::size_t utf8_sequence_size(std::string_view text)
{
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    const std::size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (size == 0 || first > 0xf4 || text.size() < size)
        return 0;
    const unsigned second_min = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned second_max = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (byte(1) < second_min || byte(1) > second_max)
        return 0;
    for (std::size_t i = 2; i < size; ++i)
        if ((byte(i) & 0xc0) != 0x80)
            return 0;
    return size;
}

// What stands for the character at the front where it can't be written as it is; empty if it can.
// Beyond ASCII: U+0080 to U+009F, which terminals may obey, and U+2028 and U+2029, where viewers
// may begin a line.
std::string escape_of(std::string_view sequence)
{
    const auto first = static_cast<unsigned char>(sequence[0]);
    unsigned code = 0;
    if (first == '"' || first == '\\')
        return {'\\', sequence[0]};
    if (first < 0x20 || first == 0x7f)
        code = first;
    else if (first == 0xc2 && static_cast<unsigned char>(sequence[1]) < 0xa0)
        code = static_cast<unsigned char>(sequence[1]);
    else if (sequence == "\xe2\x80\xa8" || sequence == "\xe2\x80\xa9")
        code = 0x2000u + (static_cast<unsigned char>(sequence[2]) & 0x3fu);
    else
        return {};
    char escape[7];
    std::snprintf(escape, sizeof escape, "\\u%04x", code);
    return escape;
}

// A JSON reader would refuse the whole line for a byte that is no UTF-8: each becomes U+FFFD.
void append_escaped(std::string& out, std::string_view text)
{
    while (!text.empty()) {
        const std::size_t size = utf8_sequence_size(text);
        if (size == 0) {
            out += "\\ufffd";
            text.remove_prefix(1);
            continue;
        }
        const std::string escape = escape_of(text.substr(0, size));
        out += escape.empty() ? text.substr(0, size) : std::string_view(escape);
        text.remove_prefix(size);
    }
}

void append_quoted(std::string& out, std::string_view text)
{
    out += '"';
    append_escaped(out, text);
    out += '"';
}

// In quotes wherever it could be read as anything but itself.
void append_value(std::string& out, const log_field& field)
{
    std::string escaped;
    append_escaped(escaped, field.text);
    const bool plain = !escaped.empty() && escaped == field.text &&
                       escaped.find_first_of(" =") == std::string::npos;
    if (plain)
        out += escaped;
    else
        out.append(1, '"').append(escaped).append(1, '"');
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
        append_value(line, field);
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
    std::mutex mutex;
    line_writer out{STDERR_FILENO};
    std::uint64_t lost_untold = 0;
    std::uint64_t lost = 0;
};

log::log(log_level level, log_format format)
    : level_(level), format_(format), sink_(std::make_unique<sink>())
{}

log::~log() = default;

void log::write(log_level level, std::string_view message, log_fields fields)
{
    if (!enabled(level) || level_ == log_level::off)
        return;
    const std::string time = to_iso8601(std::chrono::system_clock::now());
    std::string line = format_log_line(format_, time, level, message, fields);
    const std::lock_guard lock(sink_->mutex);
    if (sink_->out.ready() && sink_->lost_untold > 0)
        sink_->out.take(format_log_line(format_, time, log_level::warn, "lines of the log are lost",
                                        {{"lines", std::exchange(sink_->lost_untold, 0)}}));
    if (sink_->out.ready()) {
        sink_->out.take(std::move(line));
        return;
    }
    ++sink_->lost_untold;
    ++sink_->lost;
}

std::uint64_t log::lost() const
{
    const std::lock_guard lock(sink_->mutex);
    return sink_->lost;
}

} // namespace cresset::base
