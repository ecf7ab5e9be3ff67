#include "support/ws_client_frames.hpp"
#include "ws/frame_decoder.hpp"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace cresset::ws {
namespace {

constexpr std::size_t read_bytes_max = 64 * 1024; // as one read of a connection

// Frames of a client, as many as one read takes, and the padding behind them. Their key is zero, so
// that unmasking takes as long as ever and leaves them as they are for the next time.
struct input
{
    explicit input(std::size_t payload_bytes, opcode op = opcode::text)
    {
        const std::string frame =
            tests::client_frame(op, std::string(payload_bytes, 'x'), {.key = mask_key{}});
        frames = std::max<std::size_t>(1, read_bytes_max / frame.size());
        for (std::size_t i = 0; i < frames; ++i)
            bytes += frame;
        size = bytes.size();
        bytes.append(payload_padding, '\0');
    }

    std::span<char> span() noexcept { return {bytes.data(), size}; }

    std::string bytes;
    std::size_t size;
    std::size_t frames;
};

// Everything in `bytes`; returns how many messages that was.
std::size_t decode(frame_decoder& decoder, std::span<char> bytes)
{
    std::size_t messages = 0;
    for (;;) {
        const decoded item = decoder.next(bytes);
        if (item.what == decoded::kind::need_more)
            return messages;
        benchmark::DoNotOptimize(item.payload.data());
        ++messages;
    }
}

void report(benchmark::State& state, const input& in)
{
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(in.frames));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(in.size));
}

// range(0): bytes of a payload.
void frame_decoder_whole(benchmark::State& state, opcode op)
{
    const decoder_limits limits;
    frame_decoder decoder(limits);
    input in(static_cast<std::size_t>(state.range(0)), op);
    for (auto _ : state)
        if (decode(decoder, in.span()) != in.frames)
            return state.SkipWithError("frames are missing");
    report(state, in);
}
BENCHMARK_CAPTURE(frame_decoder_whole, text, opcode::text)
    ->ArgName("bytes")
    ->Arg(16)
    ->Arg(100)
    ->Arg(1'024)
    ->Arg(16'384);
BENCHMARK_CAPTURE(frame_decoder_whole, binary, opcode::binary)->ArgName("bytes")->Arg(100);

// Every frame comes in two reads, so that each is gathered.
void frame_decoder_in_two_pieces(benchmark::State& state)
{
    const decoder_limits limits;
    frame_decoder decoder(limits);
    input in(static_cast<std::size_t>(state.range(0)));
    const std::size_t frame = in.size / in.frames;
    for (auto _ : state) {
        std::size_t messages = 0;
        for (std::span<char> left = in.span(); !left.empty(); left = left.subspan(frame)) {
            messages += decode(decoder, left.first(frame / 2));
            messages += decode(decoder, left.subspan(frame / 2, frame - frame / 2));
        }
        if (messages != in.frames)
            return state.SkipWithError("frames are missing");
    }
    report(state, in);
}
BENCHMARK(frame_decoder_in_two_pieces)->ArgName("bytes")->Arg(100)->Arg(1'024)->Arg(16'384);

} // namespace
} // namespace cresset::ws
