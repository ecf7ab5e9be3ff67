#include "ws/deflater.hpp"

#include "ws/deflate_level.hpp"
#include "ws/deflate_parameters.hpp"

#include <libdeflate.h>
#include <new>

namespace cresset::ws {
namespace {

// libdeflate ends its stream, with a block that is marked as the last. Another one, empty, follows
// it, as if a flush had made it; of that only the first byte is sent (RFC 7692, section 7.2.3.4).
constexpr char empty_block = 0;

} // namespace

void deflater::free_compressor::operator()(libdeflate_compressor* c) const noexcept
{
    libdeflate_free_compressor(c);
}

deflater::deflater() noexcept = default;
deflater::~deflater() = default;

std::optional<std::string_view> deflater::deflate(std::string_view message, unsigned window_bits)
{
    if (message.size() < 4)
        return std::nullopt; // no block is so short
    const bool is_largest = window_bits == window_bits_max;
    return is_largest || fits(message.size(), window_bits) ? deflate_whole(message)
                                                           : deflate_windowed(message, window_bits);
}

// Into no more room than it may take, so that it ends early with what doesn't get smaller.
std::optional<std::string_view> deflater::deflate_whole(std::string_view message)
{
    if (!compressor_)
        compressor_.reset(libdeflate_alloc_compressor(deflate_level));
    if (!compressor_)
        throw std::bad_alloc();
    const std::span<char> room = out_.room(message.size());
    const std::size_t size = libdeflate_deflate_compress(
        compressor_.get(), message.data(), message.size(), room.data(), room.size() - 2);
    if (size == 0)
        return std::nullopt;
    room[size] = empty_block;
    return std::string_view(room.data(), size + 1);
}

std::optional<std::string_view> deflater::deflate_windowed(std::string_view message,
                                                           unsigned window_bits)
{
    if (window_bits <= window_bits_min)
        return std::nullopt; // zlib has no such window
    auto& windowed = windowed_[window_bits];
    if (!windowed)
        windowed = std::make_unique<window_deflater>(window_bits, false);
    const std::string_view deflated = windowed->deflate(message, out_);
    return deflated.size() < message.size() ? std::optional(deflated) : std::nullopt;
}

} // namespace cresset::ws
