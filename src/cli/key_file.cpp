#include "cli/key_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace cresset::cli {
namespace {

constexpr std::size_t key_file_bytes_max = 1024 * 1024;

} // namespace

std::string read_key_file(const std::string& name)
{
    std::ifstream file(name, std::ios::binary);
    std::string text(key_file_bytes_max + 1, '\0');
    if (file)
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (!file.eof() && file.fail())
        throw std::runtime_error("can't read " + name + ": " + std::strerror(errno));
    if (text.size() > key_file_bytes_max)
        throw std::runtime_error(name + " has more than 1 MiB: is it a file with a key?");
    return text;
}

std::string without_line_end(std::string text)
{
    if (text.ends_with('\n'))
        text.pop_back();
    if (text.ends_with('\r'))
        text.pop_back();
    return text;
}

} // namespace cresset::cli
