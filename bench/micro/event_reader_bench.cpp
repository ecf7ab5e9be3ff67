#include "protocol/event_reader.hpp"
#include "protocol/publish_request.hpp"

#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cresset::protocol {
namespace {

// As long as it says, with the kinds of values that messages are made of.
std::string data_of(std::size_t bytes)
{
    std::string data = R"({"n":12345,"from":"ada","tags":["a","b"],"at":1.5e3,"text":")";
    data.resize(bytes - 2, 'x');
    return data + "\"}";
}

std::string event_of(std::size_t bytes)
{
    const std::string beginning = R"({"event":"chat","data":)";
    return beginning + data_of(bytes - beginning.size() - 1) + '}';
}

std::string publish_data_of(std::size_t bytes)
{
    const std::string beginning = R"({"room":"public-lobby","event":"chat","data":)";
    return beginning + data_of(bytes - beginning.size() - 1) + '}';
}

void report(benchmark::State& state)
{
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

// range(0): bytes of an envelope.
void event_reader_read(benchmark::State& state)
{
    const std::string text = event_of(static_cast<std::size_t>(state.range(0)));
    event_reader reader;
    for (auto _ : state) {
        const read_result result = reader.read(text);
        if (!result)
            return state.SkipWithError("the text is no event");
        benchmark::DoNotOptimize(result->data.data());
    }
    report(state);
}
BENCHMARK(event_reader_read)->ArgName("bytes")->Arg(100)->Arg(1'024)->Arg(16'384);

// The event that has nothing in it, which every client sends.
void event_reader_heartbeat(benchmark::State& state)
{
    constexpr std::string_view text = R"({"event":"heartbeat"})";
    event_reader reader;
    for (auto _ : state)
        if (!reader.read(text))
            return state.SkipWithError("the text is no event");
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(event_reader_heartbeat);

// What is in the data of `publish`. range(0): its bytes.
void publish_request_read(benchmark::State& state)
{
    const std::string data = publish_data_of(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        const publish_result result = read_publish_request(data);
        if (!result)
            return state.SkipWithError("the data is no publish request");
        benchmark::DoNotOptimize(result->data.data());
    }
    report(state);
}
BENCHMARK(publish_request_read)->ArgName("bytes")->Arg(120)->Arg(1'024)->Arg(16'384);

} // namespace
} // namespace cresset::protocol
