#pragma once

#include "ws/scratch.hpp"
#include "ws/window_deflater.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

struct libdeflate_compressor;

namespace cresset::ws {

// Deflates messages each by itself (RFC 7692, section 7.2.1), for all who keep no context: with
// libdeflate, which knows no windows, where the message is no longer than the receiver's; otherwise
// with zlib. What it needs is made for the first message. One thread's.
class deflater
{
public:
    deflater() noexcept;
    ~deflater();
    deflater(const deflater&) = delete;
    deflater& operator=(const deflater&) = delete;

    // Nothing if the message does not get smaller. Valid until the next call.
    std::optional<std::string_view> deflate(std::string_view message, unsigned window_bits);

    // What else deflates on this thread may use it too.
    scratch& output() noexcept { return out_; }

    // Whoever has a window of so many bits gets the same as those with the largest.
    static bool fits(std::size_t message_size, unsigned window_bits) noexcept
    {
        return message_size <= std::size_t{1} << window_bits;
    }

private:
    struct free_compressor
    {
        void operator()(libdeflate_compressor* c) const noexcept;
    };

    std::optional<std::string_view> deflate_whole(std::string_view message);
    std::optional<std::string_view> deflate_windowed(std::string_view message,
                                                     unsigned window_bits);

    std::unique_ptr<libdeflate_compressor, free_compressor> compressor_;
    std::array<std::unique_ptr<window_deflater>, 16> windowed_; // by the bits
    scratch out_;
};

} // namespace cresset::ws
