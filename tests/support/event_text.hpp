#pragma once

#include <string>
#include <string_view>

namespace cresset::tests {

// An event as a client is sent it, without an id; `data` is JSON.
inline std::string event_text(std::string_view name, std::string_view data = {})
{
    return R"({"event":")" + std::string(name) + '"' +
           (data.empty() ? "" : R"(,"data":)" + std::string(data)) + '}';
}

} // namespace cresset::tests
