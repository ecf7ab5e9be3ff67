#pragma once

#include "hub/counters.hpp"
#include "net/segment.hpp"
#include "ws/deflate_parameters.hpp"
#include "ws/deflater.hpp"
#include "ws/frame.hpp"
#include "ws/inflater.hpp"
#include "ws/window_deflater.hpp"

#include <string_view>

namespace cresset::hub {

// What deflates messages, and inflates those of clients that keep no context: one for all of a
// thread's. Frames are whole, plain, and of one message.
class deflating_tools
{
public:
    // The options outlive it; what is deflated is counted.
    deflating_tools(const ws::deflate_options& options, counter& deflated) noexcept
        : options_(options), deflated_(deflated)
    {}

    // Whether the message is long enough.
    bool takes(std::string_view frame) const noexcept;

    // The message deflated by itself, for any client with such a window; null if it is too short or
    // does not get smaller.
    net::segment_ref frame_of(std::string_view frame, unsigned window_bits);

    // The same with what one client was sent before, which it has to be sent then: of a message
    // that is long enough.
    net::segment_ref frame_of(std::string_view frame, ws::window_deflater& context);

    ws::inflater& inflating() noexcept { return inflater_; }

private:
    net::segment_ref frame_with(ws::opcode op, std::string_view deflated);

    const ws::deflate_options& options_;
    counter& deflated_;
    ws::deflater deflater_;
    ws::inflater inflater_;
};

// What a client keeps between its messages, with context takeover. Each half takes memory from its
// first message on.
struct deflate_context
{
    explicit deflate_context(ws::deflate_parameters agreed) noexcept
        : out(agreed.server_window_bits < 9 ? 9U : agreed.server_window_bits, true),
          in(agreed.client_window_bits)
    {}

    ws::window_deflater out;
    ws::inflater in;
};

} // namespace cresset::hub
