// What is inflated is within its bounds, what zlib alone makes of it, and the same again.

#include "expect.hpp"
#include "unit/ws/deflate_peer.hpp"
#include "ws/inflater.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace {

using namespace cresset;
using fuzz::expect;
using result = ws::inflater::result;

struct outcome
{
    result what;
    std::string message;
};

outcome inflate(ws::inflater& with, std::span<const char> bytes, std::size_t size_max)
{
    ws::byte_buffer into;
    const result what = with.inflate(bytes, size_max, into);
    return {what, std::string(into.content().data(), into.size())};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::span<const char> bytes(reinterpret_cast<const char*>(data), size);
    for (const std::size_t size_max : {std::size_t{1000}, std::size_t{300'000}}) {
        static ws::inflater shared;
        const outcome first = inflate(shared, bytes, size_max);
        expect(first.message.size() <= size_max, "no more than is allowed");
        const outcome again = inflate(shared, bytes, size_max);
        expect(again.what == first.what && again.message == first.message, "nothing is kept");
        if (first.what != result::ok)
            continue;
        tests::deflate_peer peer;
        expect(peer.inflate({bytes.data(), bytes.size()}) == first.message, "as zlib has it");
        ws::inflater keeping(15);
        expect(inflate(keeping, bytes, size_max).message == first.message, "with a context too");
        inflate(keeping, bytes, size_max);
    }
    return 0;
}
