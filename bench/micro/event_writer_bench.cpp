#include "protocol/event_writer.hpp"
#include "ws/frame_writer.hpp"

#include <benchmark/benchmark.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace cresset::protocol {
namespace {

// An envelope and the frame around it, as once a message. range(0): bytes of its data.
void event_writer_frame(benchmark::State& state)
{
    const std::string data =
        '"' + std::string(static_cast<std::size_t>(state.range(0)) - 2, 'x') + '"';
    std::int64_t bytes = 0;
    for (auto _ : state) {
        const std::string frame = ws::make_frame(ws::opcode::text, write_event("chat", data));
        benchmark::DoNotOptimize(frame.data());
        bytes += static_cast<std::int64_t>(frame.size());
    }
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(bytes);
}
BENCHMARK(event_writer_frame)->ArgName("bytes")->Arg(100)->Arg(1'024)->Arg(16'384);

// What each client is told when it has authenticated.
void event_writer_connected(benchmark::State& state)
{
    base::client_id_generator ids(0, 1);
    const base::client_id id = ids.next();
    const auto now = std::chrono::system_clock::now();
    for (auto _ : state) {
        const std::string text =
            write_event("connected", write_connected_data({id, "ada", now, std::nullopt}));
        benchmark::DoNotOptimize(text.data());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(event_writer_connected);

} // namespace
} // namespace cresset::protocol
