#pragma once

#include <span>
#include <string_view>

namespace cresset::standalone {

// A file of dashboard/, as the build embedded it.
struct asset
{
    std::string_view path; // where it is served, "/" for index.html
    std::string_view content_type;
    std::string_view bytes;
};

std::span<const asset> demo_assets() noexcept;

} // namespace cresset::standalone
