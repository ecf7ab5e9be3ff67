#include "ws/mask.hpp"

#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <string>

namespace cresset::ws {
namespace {

constexpr mask_key key{'\x37', '\xfa', '\x21', '\x3d'};

// range(0): bytes of a payload. range(1): how many came before these.
void mask(benchmark::State& state)
{
    std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
    const auto phase = static_cast<std::size_t>(state.range(1));
    for (auto _ : state) {
        unmask(payload, key, phase);
        benchmark::DoNotOptimize(payload.data());
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(mask)
    ->ArgNames({"bytes", "phase"})
    ->Args({16, 0})
    ->Args({100, 0})
    ->Args({100, 3})
    ->Args({1'024, 0})
    ->Args({65'536, 0});

} // namespace
} // namespace cresset::ws
