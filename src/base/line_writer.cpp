#include "base/line_writer.hpp"

#include <climits>

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace cresset::base {
namespace {

// A pipe without readers has an error, and writing to it would raise SIGPIPE.
bool has_room(int descriptor)
{
    pollfd out{descriptor, POLLOUT, 0};
    return ::poll(&out, 1, 0) == 1 && out.revents == POLLOUT;
}

} // namespace

bool line_writer::ready()
{
    // A pipe that has room has it for so many bytes at least (pipe(7)), and takes them as one.
    while (!kept_.empty() && has_room(descriptor_)) {
        const std::size_t size = std::min<std::size_t>(kept_.size(), PIPE_BUF);
        const ssize_t written = ::write(descriptor_, kept_.data(), size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            break;
        kept_.erase(0, static_cast<std::size_t>(written));
    }
    return kept_.empty();
}

void line_writer::take(std::string line)
{
    kept_ = std::move(line);
    kept_ += '\n';
    ready();
}

} // namespace cresset::base
