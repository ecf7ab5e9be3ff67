#include "load/inflater.hpp"

#include "load/frame_reader.hpp"

#include <new>
#include <zlib.h>

namespace cresset::load {
namespace {

// What a sender takes off the end of each message.
constexpr std::string_view tail("\x00\x00\xff\xff", 4);

constexpr std::size_t output_bytes_at_first = 4096;

} // namespace

struct inflater::stream
{
    z_stream z{};
};

inflater::inflater() : stream_(std::make_unique<stream>()), output_(output_bytes_at_first, '\0')
{
    if (inflateInit2(&stream_->z, -MAX_WBITS) != Z_OK)
        throw std::bad_alloc();
}

inflater::~inflater()
{
    inflateEnd(&stream_->z);
}

std::optional<std::string_view> inflater::inflate(std::string_view compressed)
{
    input_.assign(compressed).append(tail);
    z_stream& z = stream_->z;
    inflateReset(&z);
    z.next_in = reinterpret_cast<Bytef*>(input_.data());
    z.avail_in = static_cast<uInt>(input_.size());
    std::size_t size = 0;
    for (;;) {
        z.next_out = reinterpret_cast<Bytef*>(output_.data() + size);
        z.avail_out = static_cast<uInt>(output_.size() - size);
        const int result = ::inflate(&z, Z_SYNC_FLUSH);
        size = output_.size() - z.avail_out;
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return std::nullopt;
        // A block that is marked as the last, and an empty one behind it (section 7.2.3.4).
        if (result == Z_STREAM_END && z.avail_in > 0 && z.avail_out > 0) {
            inflateReset(&z);
            continue;
        }
        if (z.avail_out > 0)
            break;
        if (output_.size() >= frame_reader::message_bytes_max)
            return std::nullopt;
        output_.resize(output_.size() * 2);
    }
    if (z.avail_in > 0)
        return std::nullopt;
    return std::string_view(output_).substr(0, size);
}

} // namespace cresset::load
