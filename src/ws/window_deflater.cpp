#include "ws/window_deflater.hpp"

#include "ws/deflate_level.hpp"

#include <cassert>
#include <new>
#include <zlib.h>

namespace cresset::ws {
namespace {

// What is not sent: the empty block that a flush ends with.
constexpr std::size_t tail_size = 4;

} // namespace

struct window_deflater::stream
{
    explicit stream(unsigned window_bits)
    {
        constexpr int memory_level = 8; // zlib's own default
        if (deflateInit2(&z, deflate_level, Z_DEFLATED, -static_cast<int>(window_bits),
                         memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc();
    }
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    ~stream() { deflateEnd(&z); }

    z_stream z{};
};

window_deflater::window_deflater(unsigned window_bits, bool keeps_context) noexcept
    : window_bits_(window_bits), keeps_context_(keeps_context)
{
    assert(window_bits >= 9 && window_bits <= 15);
}

window_deflater::~window_deflater() = default;

std::string_view window_deflater::deflate(std::string_view message, scratch& out)
{
    assert(!message.empty());
    if (!stream_)
        stream_ = std::make_unique<stream>(window_bits_);
    else if (!keeps_context_)
        deflateReset(&stream_->z);
    z_stream& z = stream_->z;
    // The bound is for a stream's end; a flush takes a few bytes more.
    const std::span<char> room =
        out.room(deflateBound(&z, static_cast<uLong>(message.size())) + 16);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(message.data())); // it only reads
    z.avail_in = static_cast<uInt>(message.size());
    z.next_out = reinterpret_cast<Bytef*>(room.data());
    z.avail_out = static_cast<uInt>(room.size());
    const int status = ::deflate(&z, Z_SYNC_FLUSH);
    assert(status == Z_OK && z.avail_in == 0 && z.avail_out > 0);
    static_cast<void>(status);
    return {room.data(), room.size() - z.avail_out - tail_size};
}

} // namespace cresset::ws
