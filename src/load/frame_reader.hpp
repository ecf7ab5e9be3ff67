#pragma once

#include "ws/frame.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace cresset::load {

// A message of the server, or a control frame.
struct server_message
{
    ws::opcode op = ws::opcode::continuation;
    bool compressed = false; // permessage-deflate, whose first frame has RSV1 (RFC 7692)
    std::string_view payload;
};

// The client's side of RFC 6455, section 5, as far as a load generator needs it: bytes of one
// server in, messages out. What it does not check is the server's UTF-8, which other tests do, and
// which would cost more than all else here. Owned by a client, used by its thread only.
//
// A whole message in a whole frame is given out where it lies in the input; anything else is
// gathered, in memory that exists only while something is incomplete.
class frame_reader
{
public:
    static constexpr std::size_t message_bytes_max = 16 * 1024 * 1024;

    frame_reader() noexcept;
    ~frame_reader();

    enum class status
    {
        need_more, // all of the input was taken
        message,
        failure // no WebSocket server says this
    };

    // Takes the next item off the front of the input. What it points to is valid until the next
    // call, and as long as the input is.
    status next(std::span<char>& input, server_message& into);

    // Forgets what it has, for another connection.
    void clear() noexcept;

private:
    struct partial;
    struct header;

    status take_from_input(std::span<char>& input, server_message& into);
    status take_gathered(std::span<char>& input, server_message& into);
    status take_frame(const header& h, std::string_view payload, server_message& into);
    partial& make_partial();

    std::unique_ptr<partial> partial_;
};

} // namespace cresset::load
