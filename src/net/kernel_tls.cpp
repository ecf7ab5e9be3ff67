#include "net/kernel_tls.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/opensslconf.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cresset::net {
namespace {

#ifdef OPENSSL_NO_KTLS

bool try_it() noexcept
{
    return false;
}

#else

class tcp_socket
{
public:
    explicit tcp_socket(int descriptor) noexcept : descriptor_(descriptor) {}
    ~tcp_socket()
    {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    tcp_socket(const tcp_socket&) = delete;
    tcp_socket& operator=(const tcp_socket&) = delete;

    int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

// The kernel takes the protocol only for a socket that is connected.
bool try_it() noexcept
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const at = reinterpret_cast<sockaddr*>(&address);
    const tcp_socket listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const tcp_socket connecting(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
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
