#include "redis/command.hpp"

#include <cstdlib>
#include <hiredis/hiredis.h>
#include <memory>
#include <new>
#include <vector>

namespace cresset::redis {

std::string make_command(std::span<const std::string_view> words)
{
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    texts.reserve(words.size());
    sizes.reserve(words.size());
    for (const std::string_view word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    char* command = nullptr;
    const int size = redisFormatCommandArgv(&command, static_cast<int>(words.size()), texts.data(),
                                            sizes.data());
    if (size < 0)
        throw std::bad_alloc();
    const std::unique_ptr<char, decltype(&std::free)> owned(command, &std::free);
    return {command, static_cast<std::size_t>(size)};
}

} // namespace cresset::redis
