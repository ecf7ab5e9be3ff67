#include "ws/frame_decoder.hpp"

#include "ws/byte_buffer.hpp"
#include "ws/inflater.hpp"
#include "ws/utf8_validator.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace cresset::ws {
namespace {

using kind = decoded::kind;

decoded failure(close_code code, std::string_view reason)
{
    return {kind::failure, {}, static_cast<std::uint16_t>(code), reason};
}

decoded invalid_utf8()
{
    return failure(close_code::invalid_payload, "Received invalid UTF-8");
}

std::string_view view(std::span<const char> bytes)
{
    return {bytes.data(), bytes.size()};
}

bool is_utf8(std::string_view text)
{
    utf8_validator validator;
    return validator.feed(text) && validator.complete();
}

std::span<char> take_front(std::span<char>& input, std::size_t size)
{
    const std::span<char> front = input.first(size);
    input = input.subspan(size);
    return front;
}

// RFC 6455, section 5.5.1: nothing, or a code in two bytes and a reason in UTF-8.
decoded close_item(std::span<const char> payload)
{
    if (payload.empty())
        return {kind::close, {}, static_cast<std::uint16_t>(close_code::no_status), {}};
    if (payload.size() == 1)
        return failure(close_code::protocol_error, "Received invalid close payload");
    const auto code = static_cast<std::uint16_t>(static_cast<std::uint8_t>(payload[0]) << 8 |
                                                 static_cast<std::uint8_t>(payload[1]));
    if (!may_be_sent(code))
        return failure(close_code::protocol_error, "Received invalid close code");
    const std::string_view reason = view(payload.subspan(2));
    if (!is_utf8(reason))
        return invalid_utf8();
    return {kind::close, {}, code, reason};
}

decoded control_item(opcode op, std::span<char> payload)
{
    if (op == opcode::close)
        return close_item(payload);
    return {op == opcode::ping ? kind::ping : kind::pong, payload, 0, {}};
}

decoded message_item(opcode op, std::span<char> payload)
{
    return {op == opcode::text ? kind::text : kind::binary, payload, 0, {}};
}

} // namespace

// Any of three things: the bytes of a header that is not all here, a frame whose payload is not
// all here, a message whose last fragment is not here.
struct frame_decoder::partial
{
    std::array<char, client_header_size_max> header_bytes;
    std::uint8_t header_bytes_size = 0;

    bool in_frame = false;
    frame_header frame;
    std::uint64_t frame_bytes_taken = 0;

    opcode message_op = opcode::continuation; // text or binary inside a message
    bool deflated = false;                    // the message is
    utf8_validator text;
    byte_buffer message;

    // Apart from the message, because a control frame may come in the middle of one.
    std::array<char, control_payload_max + payload_padding> control;

    bool in_message() const noexcept { return message_op != opcode::continuation; }
    bool is_needed() const noexcept { return header_bytes_size > 0 || in_frame || in_message(); }
};

frame_decoder::frame_decoder(const decoder_limits& limits) noexcept : limits_(&limits) {}

frame_decoder::~frame_decoder() = default;

bool frame_decoder::mid_message() const noexcept
{
    return !finished_ && partial_ && partial_->is_needed();
}

decoded frame_decoder::next(std::span<char>& input, inflater* inflating)
{
    // What the last item pointed to lives until now.
    if (partial_ && (finished_ || !partial_->is_needed()))
        partial_.reset();
    if (finished_) {
        input = {};
        return {};
    }
    decoded item;
    while (item.what == kind::need_more && !input.empty())
        item = partial_ && partial_->in_frame ? take_payload(input, inflating)
                                              : take_frame(input, inflating);
    if (item.what == kind::failure)
        partial_.reset(); // the connection may live on until its close frame has left
    finished_ = item.what == kind::close || item.what == kind::failure;
    return item;
}

header_context frame_decoder::context(bool takes_deflated) const noexcept
{
    const std::size_t max = limits_->message_bytes_max;
    if (!partial_ || !partial_->in_message())
        return {false, max, takes_deflated};
    return {true, max - std::min(max, partial_->message.size()), takes_deflated};
}

frame_decoder::partial& frame_decoder::make_partial()
{
    if (!partial_)
        partial_ = std::make_unique<partial>();
    return *partial_;
}

// Takes the header's bytes off the input; the ones of an incomplete header are kept.
header_result frame_decoder::read_header(std::span<char>& input, bool takes_deflated)
{
    const std::size_t held = partial_ ? partial_->header_bytes_size : 0;
    std::span<const char> bytes = input;
    if (held > 0) {
        // It may take some of the payload with it, which stays in the input too.
        const std::size_t more = std::min(client_header_size_max - held, input.size());
        std::memcpy(partial_->header_bytes.data() + held, input.data(), more);
        bytes = {partial_->header_bytes.data(), held + more};
    }
    const header_result result = parse_frame_header(bytes, context(takes_deflated));
    if (result.what == header_result::status::complete) {
        input = input.subspan(result.header.size - held);
        if (held > 0)
            partial_->header_bytes_size = 0;
    } else if (result.what == header_result::status::need_more) {
        partial& kept = make_partial();
        if (held == 0)
            std::memcpy(kept.header_bytes.data(), bytes.data(), bytes.size());
        kept.header_bytes_size = static_cast<std::uint8_t>(bytes.size());
        input = {};
    }
    return result;
}

decoded frame_decoder::take_frame(std::span<char>& input, inflater* inflating)
{
    const header_result read = read_header(input, inflating != nullptr);
    if (read.what == header_result::status::need_more)
        return {};
    if (read.what == header_result::status::failure)
        return failure(read.code, read.reason);

    const frame_header& header = read.header;
    const bool alone = is_control(header.op) || (header.fin && header.op != opcode::continuation);
    if (alone && header.payload_size <= input.size()) {
        const auto payload = take_front(input, static_cast<std::size_t>(header.payload_size));
        unmask(payload, header.key);
        if (is_control(header.op))
            return control_item(header.op, payload);
        if (header.deflated)
            return inflate(header.op, payload, *inflating);
        if (header.op == opcode::text && !is_utf8(view(payload)))
            return invalid_utf8();
        return message_item(header.op, payload);
    }

    partial& kept = make_partial();
    kept.in_frame = true;
    kept.frame = header;
    kept.frame_bytes_taken = 0;
    if (!is_control(header.op) && header.op != opcode::continuation) {
        kept.message_op = header.op;
        kept.deflated = header.deflated;
    }
    return take_payload(input, inflating); // also without input: the payload may be empty
}

decoded frame_decoder::take_payload(std::span<char>& input, inflater* inflating)
{
    partial& kept = *partial_;
    const std::uint64_t missing = kept.frame.payload_size - kept.frame_bytes_taken;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(missing, input.size()));
    const std::span<char> piece = take_front(input, size);
    unmask(piece, kept.frame.key, static_cast<std::size_t>(kept.frame_bytes_taken % 4));
    kept.frame_bytes_taken += size;
    kept.in_frame = size < missing;
    return is_control(kept.frame.op) ? gather_control(piece) : gather_message(piece, inflating);
}

decoded frame_decoder::gather_control(std::span<const char> piece)
{
    partial& kept = *partial_;
    const auto size = static_cast<std::size_t>(kept.frame_bytes_taken);
    std::copy(piece.begin(), piece.end(), kept.control.data() + size - piece.size());
    if (kept.in_frame)
        return {};
    return control_item(kept.frame.op, {kept.control.data(), size});
}

decoded frame_decoder::gather_message(std::span<const char> piece, inflater* inflating)
{
    partial& kept = *partial_;
    const bool is_text = kept.message_op == opcode::text && !kept.deflated;
    if (is_text && !kept.text.feed(view(piece)))
        return invalid_utf8();
    kept.message.append(piece, payload_padding);
    if (kept.in_frame || !kept.frame.fin)
        return {};
    if (is_text && !kept.text.complete())
        return invalid_utf8();
    const opcode op = kept.message_op;
    kept.message_op = opcode::continuation;
    if (kept.deflated)
        return inflate(op, kept.message.content(), *inflating);
    return message_item(op, kept.message.content());
}

// A message that is whole. What it becomes lies in the partial, in place of what was gathered.
decoded frame_decoder::inflate(opcode op, std::span<const char> deflated, inflater& inflating)
{
    byte_buffer message;
    switch (inflating.inflate(deflated, limits_->message_bytes_max, message)) {
    case inflater::result::too_big:
        return failure(close_code::too_big, "Received too big message");
    case inflater::result::corrupt:
        return failure(close_code::invalid_payload, "Received invalid compressed data");
    case inflater::result::ok:
        break;
    }
    if (op == opcode::text && !is_utf8(view(message.content())))
        return invalid_utf8();
    partial& kept = make_partial();
    kept.message.swap(message);
    return message_item(op, kept.message.content());
}

} // namespace cresset::ws
