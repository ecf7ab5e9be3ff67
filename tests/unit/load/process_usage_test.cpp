#include "load/process_usage.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace cresset::load {
namespace {

TEST(process_usage, of_ourselves)
{
    const double before = cpu_seconds_of(getpid());
    const double own_before = own_cpu_seconds();
    while (own_cpu_seconds() - own_before < 0.06) {
    }
    const double used = cpu_seconds_of(getpid()) - before;
    EXPECT_GE(used, 0.04); // it counts in steps
    EXPECT_LT(used, own_cpu_seconds() - own_before + 0.03);
}

TEST(process_usage, memory_grows_with_what_is_used)
{
    const std::uint64_t before = resident_bytes_of(getpid());
    std::vector<char> block(32 * 1024 * 1024, 'x');
    EXPECT_GE(resident_bytes_of(getpid()), before + block.size() / 2);
}

TEST(process_usage, of_nobody)
{
    EXPECT_THROW(cpu_seconds_of(0), std::runtime_error);
    EXPECT_THROW(resident_bytes_of(0), std::runtime_error);
}

} // namespace
} // namespace cresset::load
