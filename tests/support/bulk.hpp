#pragma once

#include <string>

namespace cresset::tests {

// A bulk string as Redis sends it.
inline std::string bulk(const std::string& text)
{
    return '$' + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

} // namespace cresset::tests
