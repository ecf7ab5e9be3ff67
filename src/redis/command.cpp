#include "redis/command.hpp"

namespace cresset::redis {
namespace {

// A sign, the digits of a size, the ends of two lines.
constexpr std::size_t frame_bytes = 25;

void append_line(std::string& command, char sign, std::size_t number)
{
    command += sign;
    command += std::to_string(number);
    command += "\r\n";
}

} // namespace

std::string make_command(std::span<const std::string_view> words)
{
    std::size_t size = frame_bytes;
    for (const std::string_view word : words)
        size += word.size() + frame_bytes;
    std::string command;
    command.reserve(size);
    append_line(command, '*', words.size());
    for (const std::string_view word : words) {
        append_line(command, '$', word.size());
        command += word;
        command += "\r\n";
    }
    return command;
}

} // namespace cresset::redis
