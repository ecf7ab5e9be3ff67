#pragma once

#include <cstddef>
#include <cstdint>

// The frame of RFC 6455, section 5.2; numbers in network byte order.
//
//    byte 0            byte 1
//   +-+-+-+-+-------+ +-+-------------+ +-----------------+ +----------+ +------------+
//   |F|R|R|R|       | |M|             | | extended length | | mask key | |  payload   |
//   |I|S|S|S|opcode | |A|   length    | | 2 bytes if 126  | | 4 bytes  | |            |
//   |N|V|V|V| 4 bit | |S|   7 bit     | | 8 bytes if 127  | | if MASK  | |            |
//   | |1|2|3|       | |K|             | | none otherwise  | |          | |            |
//   +-+-+-+-+-------+ +-+-------------+ +-----------------+ +----------+ +------------+
//
// A client masks every frame, a server none (section 5.1). A message is one text or binary frame
// and as many continuations as it likes, the last of them with FIN; control frames may stand
// between them (section 5.4).

namespace cresset::ws {

enum class opcode : std::uint8_t
{
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10
};

constexpr bool is_control(opcode op) noexcept
{
    return (static_cast<std::uint8_t>(op) & 8) != 0;
}

inline constexpr std::size_t control_payload_max = 125; // section 5.5

// In a message's first frame: the message is deflated (RFC 7692, section 6).
inline constexpr std::uint8_t rsv1 = 0x40;

// What the 7-bit length says when the real one follows.
inline constexpr std::uint8_t length_in_2_bytes = 126;
inline constexpr std::uint8_t length_in_8_bytes = 127;

} // namespace cresset::ws
