#include "net/kernel_tls.hpp"

#include "net/owned_socket.hpp"

#include <openssl/opensslconf.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace cresset::net {
namespace {

#ifdef OPENSSL_NO_KTLS

bool try_it() noexcept
{
    return false;
}

#else

// The kernel takes the protocol only for a socket that is connected.
bool try_it() noexcept
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const at = reinterpret_cast<sockaddr*>(&address);
    const owned_socket listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const owned_socket connecting(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return ::bind(listening.get(), at, size) == 0 && ::listen(listening.get(), 1) == 0 &&
           ::getsockname(listening.get(), at, &size) == 0 &&
           ::connect(connecting.get(), at, size) == 0 &&
           ::setsockopt(connecting.get(), IPPROTO_TCP, TCP_ULP, "tls", sizeof "tls") == 0;
}

#endif

} // namespace

bool kernel_tls_available() noexcept
{
    static const bool available = try_it();
    return available;
}

} // namespace cresset::net
