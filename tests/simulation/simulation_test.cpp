// Random histories of a fleet against a model of PROTOCOL.md.
//
//   CRESSET_HISTORIES=100000   so many, of the seeds 1, 2, ...
//   CRESSET_SEED=123           that one alone, and a line for each of its steps

#include "simulation/broken.hpp"
#include "simulation/history.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

namespace cresset::simulation {
namespace {

using census = std::map<std::string, std::uint64_t>;

constexpr std::uint64_t histories = 2'000;

std::optional<std::uint64_t> number_from(const char* variable)
{
    const char* const text = std::getenv(variable);
    return text ? std::optional(std::strtoull(text, nullptr, 10)) : std::nullopt;
}

// What is broken; nothing if all is well.
std::optional<std::string> fault_of(std::uint64_t seed, census& seen, std::ostream* trace = nullptr)
{
    try {
        history h(seed, trace);
        h.run();
        for (const auto& [what, count] : h.take_census())
            seen[what] += count;
        return std::nullopt;
    } catch (const broken& fault) {
        return fault.what();
    }
}

std::string replay_hint(std::uint64_t seed)
{
    return "once more, step by step: CRESSET_SEED=" + std::to_string(seed) + " " +
           testing::internal::GetArgvs().front();
}

TEST(simulation, every_history_goes_as_the_model_has_it)
{
    census seen;
    if (const auto seed = number_from("CRESSET_SEED")) {
        const auto fault = fault_of(*seed, seen, &std::cout);
        EXPECT_FALSE(fault) << *fault;
        return;
    }
    const std::uint64_t count = number_from("CRESSET_HISTORIES").value_or(histories);
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        const auto fault = fault_of(seed, seen);
        ASSERT_FALSE(fault) << "seed " << seed << ": " << *fault << '\n' << replay_hint(seed);
    }
    for (const auto& [what, times] : seen)
        std::cout << what << ": " << times << '\n';
}

// What one seed does is always the same, but for the ids of clients.
TEST(simulation, a_seed_replays)
{
    for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8}) {
        census first;
        census second;
        std::ostringstream trace_of_first;
        std::ostringstream trace_of_second;
        fault_of(seed, first, &trace_of_first);
        fault_of(seed, second, &trace_of_second);
        EXPECT_EQ(first, second);
        EXPECT_EQ(trace_of_first.str().size(), trace_of_second.str().size());
    }
}

} // namespace
} // namespace cresset::simulation
