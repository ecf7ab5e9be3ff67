#pragma once

#include "ws/close_code.hpp"
#include "ws/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cresset::ws {

// A server's frames: unmasked, never fragmented. See frame.hpp for the picture.

inline constexpr std::size_t server_header_size_max = 10;

constexpr std::size_t frame_header_size(std::size_t payload_size) noexcept
{
    if (payload_size < length_in_2_bytes)
        return 2;
    return payload_size <= 0xffff ? 4 : 10;
}

// Writes frame_header_size(payload_size) bytes and returns how many that is. deflated: the payload
// is (see rsv1).
std::size_t write_frame_header(opcode op, std::size_t payload_size,
                               char out[server_header_size_max], bool deflated = false) noexcept;

// Of a server's whole frame.
opcode opcode_of(std::string_view frame) noexcept;

// What a server's whole frame carries.
std::string_view payload_of(std::string_view frame) noexcept;

std::string make_frame(opcode op, std::string_view payload);
void append_frame(std::string& out, opcode op, std::string_view payload);

// The reason is UTF-8 and is cut, between characters, to what a control frame can hold. A code
// that may not be sent, such as 1005, makes a frame without code and reason.
std::string make_close_frame(std::uint16_t code, std::string_view reason = {});

inline std::string make_close_frame(close_code code, std::string_view reason = {})
{
    return make_close_frame(static_cast<std::uint16_t>(code), reason);
}

} // namespace cresset::ws
