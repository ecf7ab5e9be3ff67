#pragma once

#include "ws/frame.hpp"
#include "ws/mask.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cresset::tests {

// What a frame of a client says of itself. By default: whole, masked, without mistakes.
struct client_frame_options
{
    bool fin = true;
    bool masked = true;
    unsigned rsv = 0;                                 // three bits, RSV1 the highest
    std::size_t length_bytes = 0;                     // 1, 2 or 8; 0 for the shortest that fits
    ws::mask_key key{'\x37', '\xfa', '\x21', '\x3d'}; // the one of RFC 6455, section 5.7
};

// The header of a client's frame that announces `payload_size` bytes (RFC 6455, section 5.2).
inline std::string client_header(ws::opcode op, std::uint64_t payload_size,
                                 const client_frame_options& options = {})
{
    std::size_t length_bytes = options.length_bytes;
    if (length_bytes == 0)
        length_bytes = payload_size < 126 ? 1 : payload_size < 65536 ? 2 : 8;
    const std::uint64_t length = length_bytes == 1 ? payload_size : length_bytes == 2 ? 126 : 127;

    std::string header;
    header += static_cast<char>((options.fin ? 0x80u : 0u) | (options.rsv & 7u) << 4 |
                                static_cast<unsigned>(op));
    header += static_cast<char>((options.masked ? 0x80u : 0u) | length);
    if (length_bytes > 1)
        for (std::size_t i = length_bytes; i-- > 0;)
            header += static_cast<char>(payload_size >> 8 * i & 0xff);
    if (options.masked)
        header.append(options.key.data(), options.key.size());
    return header;
}

// A frame as a client sends it.
inline std::string client_frame(ws::opcode op, std::string_view payload,
                                const client_frame_options& options = {})
{
    std::string frame = client_header(op, payload.size(), options);
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame += options.masked ? static_cast<char>(payload[i] ^ options.key[i % 4]) : payload[i];
    return frame;
}

// The close frame of a client: the code in two bytes, then the reason.
inline std::string client_close_frame(std::uint16_t code, std::string_view reason = {})
{
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    payload += reason;
    return client_frame(ws::opcode::close, payload);
}

} // namespace cresset::tests
