#pragma once

namespace cresset::ws {

// Of zlib and of libdeflate, where it is the default too: higher levels take more than they give.
inline constexpr int deflate_level = 6;

} // namespace cresset::ws
