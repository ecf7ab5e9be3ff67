#include "hub/deflating_tools.hpp"

#include "ws/frame_writer.hpp"

namespace cresset::hub {

bool deflating_tools::takes(std::string_view frame) const noexcept
{
    const std::size_t size = ws::payload_of(frame).size();
    return size >= options_.threshold_bytes && size > 0;
}

net::segment_ref deflating_tools::frame_of(std::string_view frame, unsigned window_bits)
{
    if (!takes(frame))
        return nullptr;
    const auto deflated = deflater_.deflate(ws::payload_of(frame), window_bits);
    return deflated ? frame_with(ws::opcode_of(frame), *deflated) : nullptr;
}

net::segment_ref deflating_tools::frame_of(std::string_view frame, ws::window_deflater& context)
{
    return frame_with(ws::opcode_of(frame),
                      context.deflate(ws::payload_of(frame), deflater_.output()));
}

net::segment_ref deflating_tools::frame_with(ws::opcode op, std::string_view deflated)
{
    deflated_.add();
    return net::segment::written(ws::frame_header_size(deflated.size()) + deflated.size(),
                                 [&](char* out) {
                                     out += ws::write_frame_header(op, deflated.size(), out, true);
                                     deflated.copy(out, deflated.size());
                                 });
}

} // namespace cresset::hub
