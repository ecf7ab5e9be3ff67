#include "ws/inflater.hpp"

#include "ws/frame_decoder.hpp"

#include <algorithm>
#include <new>
#include <string_view>
#include <zlib.h>

namespace cresset::ws {
namespace {

// What a sender takes off the end of each message (RFC 7692, section 7.2.1).
constexpr std::string_view tail("\x00\x00\xff\xff", 4);

constexpr std::size_t bytes_at_first = 1024;

// The size that is tried when `size` bytes were too few.
std::size_t next_size(std::size_t size, std::size_t deflated_size, std::size_t size_max)
{
    const std::size_t grown = std::max({size * 2, deflated_size * 4, bytes_at_first});
    return std::min(grown, size_max);
}

} // namespace

struct inflater::stream
{
    explicit stream(unsigned window_bits)
    {
        // A client's zlib makes 9 bits of 8, so that more is kept than was agreed on.
        const int bits = std::max(static_cast<int>(window_bits), 9);
        if (inflateInit2(&z, -bits) != Z_OK)
            throw std::bad_alloc();
    }
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    ~stream() { inflateEnd(&z); }

    result take(std::string_view input, std::size_t deflated_size, std::size_t size_max,
                byte_buffer& into);
    result step(std::size_t deflated_size, std::size_t size_max, byte_buffer& into);

    // Everything was taken, up to the end of a block and of a byte.
    bool between_blocks() const noexcept { return (z.data_type & 0xbf) == 0x80; }

    z_stream z{};
    std::size_t size = 0; // of the message
};

inflater::inflater() noexcept = default;

inflater::inflater(unsigned window_bits) noexcept : window_bits_(window_bits), keeps_context_(true)
{}

inflater::inflater(inflater&&) noexcept = default;
inflater& inflater::operator=(inflater&&) noexcept = default;
inflater::~inflater() = default;

inflater::result inflater::inflate(std::span<const char> deflated, std::size_t size_max,
                                   byte_buffer& into)
{
    if (!stream_)
        stream_ = std::make_unique<stream>(window_bits_);
    else if (!keeps_context_)
        inflateReset(&stream_->z);
    const std::size_t bound =
        std::min(size_max, std::max(any_ratio_bytes_max, deflated.size() * ratio_max));
    stream_->size = 0;
    result found = stream_->take({deflated.data(), deflated.size()}, deflated.size(), bound, into);
    if (found == result::ok)
        found = stream_->take(tail, deflated.size(), bound, into);
    if (found == result::ok && !stream_->between_blocks())
        found = result::corrupt; // it is cut off
    into.resize(stream_->size, payload_padding);
    return found;
}

inflater::result inflater::stream::take(std::string_view input, std::size_t deflated_size,
                                        std::size_t size_max, byte_buffer& into)
{
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data())); // it only reads
    z.avail_in = static_cast<uInt>(input.size());
    result found = result::ok;
    // It may have taken all, and hold what there was no room for.
    do
        found = step(deflated_size, size_max, into);
    while (found == result::ok && (z.avail_in > 0 || z.avail_out == 0));
    return found;
}

// As much as there is room for; without any, room for one byte that is not wanted.
inflater::result inflater::stream::step(std::size_t deflated_size, std::size_t size_max,
                                        byte_buffer& into)
{
    if (size == into.size() && size < size_max)
        into.resize(next_size(size, deflated_size, size_max), payload_padding);
    const std::span<char> room = into.content().subspan(size);
    char beyond = 0;
    z.next_out = reinterpret_cast<Bytef*>(room.empty() ? &beyond : room.data());
    z.avail_out = room.empty() ? 1 : static_cast<uInt>(room.size());
    const int status = ::inflate(&z, Z_SYNC_FLUSH);
    if (room.empty() && z.avail_out == 0)
        return result::too_big;
    if (!room.empty())
        size += room.size() - z.avail_out;
    // The end of a sender's stream, not of its message (section 7.2.3.4): another begins.
    if (status == Z_STREAM_END)
        return inflateReset(&z) == Z_OK ? result::ok : result::corrupt;
    return status == Z_OK || status == Z_BUF_ERROR ? result::ok : result::corrupt;
}

} // namespace cresset::ws
