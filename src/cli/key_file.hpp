#pragma once

#include <string>

namespace cresset::cli {

// What a file with keys holds. Throws std::runtime_error for one that can't be read, or has more
// than 1 MiB.
std::string read_key_file(const std::string& name);

// An editor or `echo` ends a file with a line end, which nobody takes for a part of a key.
std::string without_line_end(std::string text);

} // namespace cresset::cli
