#pragma once

#include "ws/close_code.hpp"
#include "ws/frame.hpp"
#include "ws/mask.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cresset::ws {

inline constexpr std::size_t client_header_size_max = 14;

// The header of a client's frame.
struct frame_header
{
    opcode op = opcode::continuation;
    bool fin = false;
    bool deflated = false; // RSV1: begins a message that is (RFC 7692, section 6)
    mask_key key{};
    std::size_t size = 0; // of the header itself
    std::uint64_t payload_size = 0;
};

// What decides beside the header whether a frame may come now.
struct header_context
{
    bool in_message;                // a message has begun and waits for its continuation
    std::size_t message_bytes_left; // what the message may still grow by
    bool takes_deflated = false;    // permessage-deflate was agreed on
};

struct header_result
{
    enum class status
    {
        need_more,
        complete,
        failure
    };

    status what = status::need_more;
    frame_header header;                          // of complete
    close_code code = close_code::protocol_error; // of failure: what to close with
    std::string_view reason;
};

// Reads the header at the front of `bytes`. Each rule is checked on the first byte that can break
// it, in the order of the bytes, so that the answer does not depend on how they were cut.
header_result parse_frame_header(std::span<const char> bytes,
                                 const header_context& context) noexcept;

} // namespace cresset::ws
