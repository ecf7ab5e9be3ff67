#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cresset::redis {

// A command as Redis reads it: "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n". Words may hold any bytes.
std::string make_command(std::span<const std::string_view> words);

inline std::string make_command(std::initializer_list<std::string_view> words)
{
    return make_command(std::span(words.begin(), words.size()));
}

} // namespace cresset::redis
