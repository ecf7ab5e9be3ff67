#include "load/frame_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace cresset::load {

struct frame_reader::header
{
    std::uint8_t first = 0;
    std::size_t size = 0; // of the header itself
    std::uint64_t payload_size = 0;
    bool valid = false; // else it is that of no server

    ws::opcode op() const noexcept { return static_cast<ws::opcode>(first & 0x0f); }
    bool fin() const noexcept { return (first & 0x80) != 0; }
    bool compressed() const noexcept { return (first & 0x40) != 0; }

    // Bytes of a header that begins so; two of them must be there.
    static std::size_t size_of(std::string_view bytes) noexcept
    {
        const auto length = static_cast<std::uint8_t>(bytes[1] & 0x7f);
        if (length == ws::length_in_8_bytes)
            return 10;
        return length == ws::length_in_2_bytes ? 4 : 2;
    }

    static header of(std::string_view bytes) noexcept
    {
        header h;
        h.first = static_cast<std::uint8_t>(bytes[0]);
        h.size = size_of(bytes);
        h.payload_size = static_cast<std::uint8_t>(bytes[1]) & 0x7f;
        if (h.size > 2) {
            h.payload_size = 0;
            for (const char byte : bytes.substr(2, h.size - 2))
                h.payload_size = h.payload_size << 8 | static_cast<std::uint8_t>(byte);
        }
        const bool masked = (static_cast<std::uint8_t>(bytes[1]) & 0x80) != 0;
        const bool known = h.op() <= ws::opcode::binary ||
                           (h.op() >= ws::opcode::close && h.op() <= ws::opcode::pong);
        h.valid = !masked && known && (h.first & 0x30) == 0 && h.payload_size <= message_bytes_max;
        return h;
    }
};

// A frame that is not all here, or a message whose last fragment is not.
struct frame_reader::partial
{
    std::string frame;
    bool frame_is_given = false; // to the caller; dropped at the next call

    std::string message;
    ws::opcode message_op = ws::opcode::continuation; // text or binary inside a message
    bool message_is_compressed = false;
    bool message_is_given = false;

    bool in_message() const noexcept { return message_op != ws::opcode::continuation; }
};

frame_reader::frame_reader() noexcept = default;
frame_reader::~frame_reader() = default;

void frame_reader::clear() noexcept
{
    partial_.reset();
}

frame_reader::partial& frame_reader::make_partial()
{
    if (!partial_)
        partial_ = std::make_unique<partial>();
    return *partial_;
}

frame_reader::status frame_reader::next(std::span<char>& input, server_message& into)
{
    if (partial_) {
        if (partial_->frame_is_given)
            partial_->frame.clear();
        if (partial_->message_is_given) {
            partial_->message.clear();
            partial_->message_op = ws::opcode::continuation;
        }
        partial_->frame_is_given = partial_->message_is_given = false;
        if (partial_->frame.empty() && !partial_->in_message())
            partial_.reset();
    }
    status found = status::need_more;
    while (found == status::need_more && !input.empty())
        found = partial_ && !partial_->frame.empty() ? take_gathered(input, into)
                                                     : take_from_input(input, into);
    return found;
}

frame_reader::status frame_reader::take_from_input(std::span<char>& input, server_message& into)
{
    const std::string_view bytes(input.data(), input.size());
    if (bytes.size() >= 2 && bytes.size() >= header::size_of(bytes)) {
        const header h = header::of(bytes);
        if (!h.valid)
            return status::failure;
        if (bytes.size() - h.size >= h.payload_size) {
            const auto size = static_cast<std::size_t>(h.payload_size);
            input = input.subspan(h.size + size);
            return take_frame(h, bytes.substr(h.size, size), into);
        }
    }
    make_partial().frame.assign(bytes);
    input = {};
    return status::need_more;
}

frame_reader::status frame_reader::take_gathered(std::span<char>& input, server_message& into)
{
    std::string& frame = partial_->frame;
    const auto gather = [&](std::uint64_t wanted) {
        if (frame.size() < wanted) {
            const auto more =
                std::min(input.size(), static_cast<std::size_t>(wanted) - frame.size());
            frame.append(input.data(), more);
            input = input.subspan(more);
        }
        return frame.size() >= wanted;
    };
    if (!gather(2) || !gather(header::size_of(frame)))
        return status::need_more;
    const header h = header::of(frame);
    if (!h.valid)
        return status::failure;
    if (!gather(h.size + h.payload_size))
        return status::need_more;
    partial_->frame_is_given = true;
    const status found = take_frame(h, std::string_view(frame).substr(h.size), into);
    if (found == status::need_more) { // a fragment, which has been copied
        frame.clear();
        partial_->frame_is_given = false;
    }
    return found;
}

frame_reader::status frame_reader::take_frame(const header& h, std::string_view payload,
                                              server_message& into)
{
    const bool inside = partial_ && partial_->in_message();
    const bool alone = h.fin() && h.op() != ws::opcode::continuation && !inside;
    if (ws::is_control(h.op()) || alone) {
        into = {h.op(), h.compressed(), payload};
        return status::message;
    }
    partial& gathered = make_partial();
    if (gathered.in_message() != (h.op() == ws::opcode::continuation))
        return status::failure;
    if (!gathered.in_message()) {
        gathered.message_op = h.op();
        gathered.message_is_compressed = h.compressed();
    }
    if (gathered.message.size() + payload.size() > message_bytes_max)
        return status::failure;
    gathered.message.append(payload);
    if (!h.fin())
        return status::need_more;
    into = {gathered.message_op, gathered.message_is_compressed, gathered.message};
    gathered.message_is_given = true;
    return status::message;
}

} // namespace cresset::load
