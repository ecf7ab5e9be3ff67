#pragma once

#include "ws/scratch.hpp"

#include <memory>
#include <string_view>

namespace cresset::ws {

// Deflates messages (RFC 7692, section 7.2.1) with zlib, which keeps to a window, and from one
// message to the next if it is asked to: 256 KiB with a window of 15 bits, from the first message
// on. One thread's.
class window_deflater
{
public:
    // Of 9 to 15 bits: zlib has none of 8.
    window_deflater(unsigned window_bits, bool keeps_context) noexcept;
    ~window_deflater();
    window_deflater(const window_deflater&) = delete;
    window_deflater& operator=(const window_deflater&) = delete;

    // Of a message that is not empty; it lies in the scratch. With its context kept it has to be
    // sent, even if it is larger. Throws std::bad_alloc.
    std::string_view deflate(std::string_view message, scratch& out);

private:
    struct stream;

    unsigned window_bits_;
    bool keeps_context_;
    std::unique_ptr<stream> stream_;
};

} // namespace cresset::ws
