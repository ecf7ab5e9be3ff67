#include "hub/sealed_frame.hpp"

#include "ws/frame_writer.hpp"

#include <span>

namespace cresset::hub {
namespace {

constexpr std::string_view between = R"(","ct":")";

char* put(std::string_view text, char* out)
{
    return out + text.copy(out, text.size());
}

// The NUL behind the base64 is where the next text begins.
char* put_base64(std::span<const unsigned char> bytes, char* out)
{
    crypto::base64_encode(bytes, out);
    return out + crypto::base64_size(bytes.size());
}

} // namespace

net::segment_ref sealed_frame::write(sealing_tools& with) const
{
    std::string& scratch = with.scratch;
    scratch.resize(envelope.size() + crypto::tag_size);
    auto* const sealed = reinterpret_cast<unsigned char*>(scratch.data());
    with.cipher.use(key);
    with.cipher.seal(iv, additional, envelope, sealed);

    const std::size_t payload_size = before.size() + crypto::base64_size(iv.size()) +
                                     between.size() + crypto::base64_size(scratch.size()) + 1 +
                                     behind.size();
    return net::segment::written(
        ws::frame_header_size(payload_size) + payload_size, [&](char* out) {
            out += ws::write_frame_header(ws::opcode::text, payload_size, out);
            out = put(before, out);
            out = put_base64(iv, out);
            out = put(between, out);
            out = put_base64({sealed, scratch.size()}, out);
            *out++ = '"';
            put(behind, out);
        });
}

} // namespace cresset::hub
