#include "net/descriptor_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <sys/resource.h>

namespace cresset::net {
namespace {

// Of the kernel's table, as it tells it.
rlim_t table_size()
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "FDSize:") {
            rlim_t size = 0;
            status >> size;
            return size;
        }
    return 0;
}

TEST(descriptor_table, is_as_large_as_it_can_become)
{
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    reserve_descriptors();
    EXPECT_GE(table_size(), std::min<rlim_t>(limit.rlim_cur, 65'536));
}

} // namespace
} // namespace cresset::net
