#include "load/client_frames.hpp"

#include "ws/frame_writer.hpp"
#include "ws/mask.hpp"

#include <cstring>

namespace cresset::load {

net::segment_ref client_frames::make(ws::opcode op, std::string_view payload)
{
    const std::size_t head = ws::frame_header_size(payload.size());
    ws::mask_key key;
    const std::uint32_t random = next_key();
    std::memcpy(key.data(), &random, key.size());
    return net::segment::written(head + key.size() + payload.size(), [&](char* out) {
        char header[ws::server_header_size_max];
        ws::write_frame_header(op, payload.size(), header);
        header[1] = static_cast<char>(header[1] | '\x80'); // masked
        std::memcpy(out, header, head);
        std::memcpy(out + head, key.data(), key.size());
        char* const body = out + head + key.size();
        payload.copy(body, payload.size());
        ws::unmask({body, payload.size()}, key);
    });
}

// xorshift64 (Marsaglia, 2003).
std::uint32_t client_frames::next_key() noexcept
{
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::uint32_t>(state_ >> 32);
}

} // namespace cresset::load
