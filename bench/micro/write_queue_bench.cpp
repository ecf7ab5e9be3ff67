#include "net/write_queue.hpp"

#include <array>
#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <sys/uio.h>
#include <vector>

namespace cresset::net {
namespace {

constexpr std::size_t message_bytes = 100;

std::vector<segment_ref> make_segments(std::size_t count)
{
    std::vector<segment_ref> segments;
    while (segments.size() < count)
        segments.push_back(segment::copy_of(std::string(message_bytes, 'x')));
    return segments;
}

// Some messages to many clients, as one turn queues them and writes them at its end: without the
// system call. range(0): clients. range(1): messages a turn. An item is a message to one client.
void write_queue_turn(benchmark::State& state)
{
    chunk_pool pool;
    std::deque<write_queue> queues(static_cast<std::size_t>(state.range(0)));
    const auto segments = make_segments(static_cast<std::size_t>(state.range(1)));
    std::array<iovec, 64> vectors;
    for (auto _ : state) {
        for (const segment_ref& segment : segments)
            for (write_queue& queue : queues)
                queue.push(segment, pool);
        for (write_queue& queue : queues) {
            benchmark::DoNotOptimize(queue.gather(vectors));
            queue.consume(queue.bytes(), pool);
        }
    }
    state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(1));
}
BENCHMARK(write_queue_turn)
    ->ArgNames({"clients", "messages"})
    ->Args({1, 1})
    ->Args({1'000, 1})
    ->Args({1'000, 16});

// What is too much for a gathered write is copied together. range(0): messages.
void write_queue_copy(benchmark::State& state)
{
    chunk_pool pool;
    write_queue queue;
    const auto segments = make_segments(static_cast<std::size_t>(state.range(0)));
    for (const segment_ref& segment : segments)
        queue.push(segment, pool);
    std::vector<char> buffer(queue.bytes());
    for (auto _ : state) {
        benchmark::DoNotOptimize(queue.copy(buffer));
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(buffer.size()));
    queue.clear(pool);
}
BENCHMARK(write_queue_copy)->ArgName("messages")->Arg(100)->Arg(600);

} // namespace
} // namespace cresset::net
