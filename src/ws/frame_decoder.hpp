#pragma once

#include "ws/frame.hpp"
#include "ws/frame_header.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace cresset::ws {

class inflater;

// A message's bytes: as they are sent, and once more when they are inflated.
struct decoder_limits
{
    std::size_t message_bytes_max = 128 * 1024;
};

// So many bytes behind a payload, and behind the input's end, may be read (not written), whatever
// they hold: simdjson wants them. The owner of the input provides them.
inline constexpr std::size_t payload_padding = 64;

// What frame_decoder::next found.
struct decoded
{
    enum class kind
    {
        need_more,
        text,
        binary,
        ping,
        pong,
        close,
        failure
    };

    kind what = kind::need_more;
    std::span<char> payload; // of text, binary, ping, pong
    std::uint16_t code = 0;  // close: the peer's code, 1005 if none. failure: what to close with
    std::string_view reason; // close: the peer's reason. failure: ours
};

// The server's side of RFC 6455, section 5: bytes of one client in, messages and control frames
// out. Owned by a session, used by its thread only.
//
// A whole message in a whole frame is unmasked where it lies in the input; anything else is
// gathered in a `partial`, which exists only while something is incomplete, so that an idle
// client costs three words. Text is checked as it arrives, not when it is whole; what is deflated
// (RFC 7692) is gathered so, and inflated and checked when it is whole. What is held grows with
// what has arrived, not with what a header announces: see byte_buffer.
class frame_decoder
{
public:
    // The limits outlive the decoder and are shared by all of them.
    explicit frame_decoder(const decoder_limits& limits) noexcept;
    explicit frame_decoder(const decoder_limits&&) = delete;
    ~frame_decoder();

    // Takes the next item off the front of the input, which shrinks; its bytes are unmasked in
    // place. need_more: all of it was taken. After a close or a failure it is always need_more
    // and the input is dropped. What an item points to is valid until the next call, and as long
    // as the input's bytes are. Messages may be deflated if there is an inflater for them: the same
    // with each call.
    decoded next(std::span<char>& input, inflater* inflating = nullptr);

    // From the next frame on.
    void limit_to(const decoder_limits& limits) noexcept { limits_ = &limits; }
    void limit_to(const decoder_limits&&) = delete;

    // Whether part of a header, a frame or a message is held back.
    bool mid_message() const noexcept;

private:
    struct partial;

    header_context context(bool takes_deflated) const noexcept;
    partial& make_partial();
    header_result read_header(std::span<char>& input, bool takes_deflated);
    decoded take_frame(std::span<char>& input, inflater* inflating);
    decoded take_payload(std::span<char>& input, inflater* inflating);
    decoded gather_control(std::span<const char> piece);
    decoded gather_message(std::span<const char> piece, inflater* inflating);
    decoded inflate(opcode op, std::span<const char> deflated, inflater& inflating);

    const decoder_limits* limits_;
    std::unique_ptr<partial> partial_;
    bool finished_ = false; // a close or a failure was given out
};

static_assert(sizeof(frame_decoder) <= 24);

} // namespace cresset::ws
