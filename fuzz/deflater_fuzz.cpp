// What is deflated, zlib inflates to the message, with the window that was agreed on, and so does
// our own inflater.

#include "expect.hpp"
#include "unit/ws/deflate_peer.hpp"
#include "ws/deflater.hpp"
#include "ws/inflater.hpp"

#include <cstdint>
#include <string_view>

namespace {

using namespace cresset;
using fuzz::expect;

void check_alone(std::string_view message, unsigned bits)
{
    static ws::deflater deflater;
    static ws::inflater inflater;
    const auto found = deflater.deflate(message, bits);
    if (!found)
        return;
    expect(found->size() < message.size(), "only what gets smaller");
    // zlib has no window of 8 bits for this format either.
    tests::deflate_peer peer(bits < 9 ? 9 : static_cast<int>(bits));
    expect(peer.inflate(*found) == message, "zlib inflates it");
    ws::byte_buffer into;
    expect(inflater.inflate({found->data(), found->size()}, message.size(), into) ==
                   ws::inflater::result::ok &&
               std::string_view(into.content().data(), into.size()) == message,
           "and so do we");
}

// Twice the same message and then another: the second refers to the first.
void check_with_context(std::string_view message, unsigned bits)
{
    ws::window_deflater deflater(bits, true);
    tests::deflate_peer peer(static_cast<int>(bits));
    ws::scratch out;
    for (const std::string_view each : {message, message, message.substr(message.size() / 2)})
        expect(peer.inflate(deflater.deflate(each, out)) == each, "with a context too");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
        return 0;
    const std::string_view message(reinterpret_cast<const char*>(data), size);
    for (const unsigned bits : {8u, 9u, 15u})
        check_alone(message, bits);
    for (const unsigned bits : {9u, 15u})
        check_with_context(message, bits);
    return 0;
}
