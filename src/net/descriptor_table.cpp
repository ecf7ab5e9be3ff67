#include "net/descriptor_table.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cresset::net {
namespace {

constexpr rlim_t descriptors_max = 65'536;

} // namespace

void reserve_descriptors() noexcept
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    const int any = ::eventfd(0, EFD_CLOEXEC);
    if (any < 0)
        return;
    const auto highest = static_cast<int>(std::min(limit.rlim_cur, descriptors_max)) - 1;
    const int high = ::fcntl(any, F_DUPFD_CLOEXEC, highest);
    if (high >= 0)
        ::close(high);
    ::close(any);
}

} // namespace cresset::net
