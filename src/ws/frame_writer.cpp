#include "ws/frame_writer.hpp"

#include <cassert>

namespace cresset::ws {
namespace {

constexpr std::size_t close_reason_max = control_payload_max - 2;

void write_big_endian(std::uint64_t value, char* out, std::size_t size)
{
    for (std::size_t i = size; i-- > 0; value >>= 8)
        out[i] = static_cast<char>(value & 0xff);
}

bool is_continuation_byte(char c)
{
    return (static_cast<std::uint8_t>(c) & 0xc0) == 0x80;
}

std::string_view cut_between_characters(std::string_view text, std::size_t size_max)
{
    if (text.size() <= size_max)
        return text;
    std::size_t size = size_max;
    while (size > 0 && is_continuation_byte(text[size]))
        --size;
    return text.substr(0, size);
}

} // namespace

std::size_t write_frame_header(opcode op, std::size_t payload_size,
                               char out[server_header_size_max], bool deflated) noexcept
{
    assert(!is_control(op) || payload_size <= control_payload_max);
    constexpr unsigned fin = 0x80;
    const std::size_t size = frame_header_size(payload_size);
    out[0] = static_cast<char>(fin | (deflated ? rsv1 : 0U) | static_cast<unsigned>(op));
    if (size == 2) {
        out[1] = static_cast<char>(payload_size);
        return size;
    }
    out[1] = static_cast<char>(size == 4 ? length_in_2_bytes : length_in_8_bytes);
    write_big_endian(payload_size, out + 2, size - 2);
    return size;
}

opcode opcode_of(std::string_view frame) noexcept
{
    return static_cast<opcode>(static_cast<unsigned char>(frame[0]) & 0x0f);
}

std::string_view payload_of(std::string_view frame) noexcept
{
    const auto length = static_cast<unsigned char>(frame[1]);
    return frame.substr(length == length_in_8_bytes ? 10 : length == length_in_2_bytes ? 4 : 2);
}

void append_frame(std::string& out, opcode op, std::string_view payload)
{
    char header[server_header_size_max];
    out.append(header, write_frame_header(op, payload.size(), header));
    out.append(payload);
}

std::string make_frame(opcode op, std::string_view payload)
{
    std::string frame;
    frame.reserve(frame_header_size(payload.size()) + payload.size());
    append_frame(frame, op, payload);
    return frame;
}

std::string make_close_frame(std::uint16_t code, std::string_view reason)
{
    if (!may_be_sent(code))
        return make_frame(opcode::close, {});
    std::string payload(2, '\0');
    write_big_endian(code, payload.data(), payload.size());
    payload += cut_between_characters(reason, close_reason_max);
    return make_frame(opcode::close, payload);
}

} // namespace cresset::ws
