#include "ws/frame_header.hpp"

#include <algorithm>

namespace cresset::ws {
namespace {

header_result refused(close_code code, std::string_view reason)
{
    return {header_result::status::failure, {}, code, reason};
}

bool is_known(opcode op)
{
    return op <= opcode::binary || (op >= opcode::close && op <= opcode::pong);
}

// Both return what is wrong, nothing if nothing is (RFC 6455, sections 5.2, 5.4 and 5.5).
std::string_view fault_in_first_byte(std::uint8_t byte, const header_context& context)
{
    const auto op = static_cast<opcode>(byte & 0x0f);
    const bool fin = (byte & 0x80) != 0;
    const bool begins_message = op == opcode::text || op == opcode::binary;
    if ((byte & rsv1) != 0 && !(context.takes_deflated && begins_message))
        return "Received unexpected RSV1 bit";
    if ((byte & 0x30) != 0)
        return "Received unexpected RSV2 or RSV3 bit";
    if (!is_known(op))
        return "Received invalid opcode";
    if (is_control(op))
        return fin ? "" : "Received fragmented control frame";
    if (op == opcode::continuation && !context.in_message)
        return "Received continuation frame outside a fragmented message";
    if (op != opcode::continuation && context.in_message)
        return "Received new message inside a fragmented message";
    return "";
}

std::string_view fault_in_second_byte(std::uint8_t byte, opcode op)
{
    if ((byte & 0x80) == 0)
        return "Received an incorrectly masked frame";
    if (is_control(op) && (byte & 0x7f) > control_payload_max)
        return "Received too big control frame";
    return "";
}

std::size_t extended_size(std::uint8_t length)
{
    if (length == length_in_8_bytes)
        return 8;
    return length == length_in_2_bytes ? 2 : 0;
}

std::uint64_t big_endian(std::span<const char> bytes)
{
    std::uint64_t value = 0;
    for (const char byte : bytes)
        value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
}

std::string_view fault_in_extended_length(std::size_t field_size, std::uint64_t value)
{
    if (value >> 63 != 0)
        return "Length out of range";
    if (value < (field_size == 2 ? 126u : 65536u))
        return "Length not in its shortest form";
    return "";
}

} // namespace

header_result parse_frame_header(std::span<const char> bytes,
                                 const header_context& context) noexcept
{
    constexpr auto bad = close_code::protocol_error;
    header_result result;
    frame_header& header = result.header;

    if (bytes.empty())
        return result;
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    if (const auto fault = fault_in_first_byte(first, context); !fault.empty())
        return refused(bad, fault);
    header.op = static_cast<opcode>(first & 0x0f);
    header.fin = (first & 0x80) != 0;
    header.deflated = (first & rsv1) != 0;

    if (bytes.size() < 2)
        return result;
    const auto second = static_cast<std::uint8_t>(bytes[1]);
    if (const auto fault = fault_in_second_byte(second, header.op); !fault.empty())
        return refused(bad, fault);
    header.payload_size = second & 0x7f;

    const std::size_t extended = extended_size(second & 0x7f);
    if (extended > 0) {
        if (bytes.size() < 2 + extended)
            return result;
        header.payload_size = big_endian(bytes.subspan(2, extended));
        const auto fault = fault_in_extended_length(extended, header.payload_size);
        if (!fault.empty())
            return refused(bad, fault);
    }
    if (!is_control(header.op) && header.payload_size > context.message_bytes_left)
        return refused(close_code::too_big, "Received too big message");

    header.size = 2 + extended + header.key.size();
    if (bytes.size() < header.size)
        return result;
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(2 + extended), header.key.size(),
                header.key.begin());
    result.what = header_result::status::complete;
    return result;
}

} // namespace cresset::ws
