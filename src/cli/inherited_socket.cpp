#include "cli/inherited_socket.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace cresset::cli {
namespace {

constexpr int first_descriptor = 3; // SD_LISTEN_FDS_START

int option_of(int descriptor, int option)
{
    int value = 0;
    socklen_t size = sizeof value;
    if (::getsockopt(descriptor, SOL_SOCKET, option, &value, &size) != 0)
        return -1;
    return value;
}

} // namespace

std::optional<int> take_inherited_socket()
{
    const char* const process = std::getenv("LISTEN_PID");
    const char* const count = std::getenv("LISTEN_FDS");
    if (!process || !count || process != std::to_string(::getpid()))
        return std::nullopt;
    if (std::string_view(count) != "1")
        throw std::runtime_error(std::string("LISTEN_FDS is ") + count +
                                 ": one socket can be served, so one ListenStream is needed");
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
        ::unsetenv(name);
    const int family = option_of(first_descriptor, SO_DOMAIN);
    if ((family != AF_INET && family != AF_INET6) ||
        option_of(first_descriptor, SO_TYPE) != SOCK_STREAM ||
        option_of(first_descriptor, SO_ACCEPTCONN) != 1)
        throw std::runtime_error("the socket of LISTEN_FDS does not listen on TCP: ListenStream "
                                 "must be a port, or an address and a port");
    ::fcntl(first_descriptor, F_SETFD, FD_CLOEXEC);
    ::fcntl(first_descriptor, F_SETFL, ::fcntl(first_descriptor, F_GETFL) | O_NONBLOCK);
    return first_descriptor;
}

} // namespace cresset::cli
