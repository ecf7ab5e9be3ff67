#pragma once

#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cresset::tests {

inline int check_call(int result, const char* what)
{
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

// A descriptor that closes itself.
class descriptor
{
public:
    explicit descriptor(int number = -1) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(other.release()) {}
    descriptor& operator=(descriptor&& other) noexcept
    {
        if (this != &other)
            reset(other.release());
        return *this;
    }
    ~descriptor() { reset(); }

    int get() const noexcept { return number_; }
    int release() noexcept { return std::exchange(number_, -1); }
    void reset(int number = -1) noexcept
    {
        if (number_ >= 0)
            ::close(number_);
        number_ = number;
    }

private:
    int number_;
};

// The far end of a connection, blocking. A read that gets nothing for 20 s gives up.
class peer_socket
{
public:
    explicit peer_socket(descriptor d) : socket_(std::move(d))
    {
        const timeval limit{20, 0};
        check_call(::setsockopt(get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), "RCVTIMEO");
        check_call(::setsockopt(get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit), "SNDTIMEO");
    }

    int get() const noexcept { return socket_.get(); }

    // False if not all of it could be sent.
    bool send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const ssize_t n = ::send(get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n < 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }

    // Up to `size` bytes, less if the connection ends or nothing comes; how it ended is in end().
    std::string receive(std::size_t size)
    {
        std::string bytes(size, '\0');
        std::size_t have = 0;
        while (have < size) {
            const ssize_t n = ::recv(get(), bytes.data() + have, size - have, 0);
            if (n <= 0) {
                end_ = n == 0 ? "finished" : errno == ECONNRESET ? "reset" : "timeout";
                break;
            }
            have += static_cast<std::size_t>(n);
        }
        bytes.resize(have);
        return bytes;
    }

    // Until the connection ends.
    std::string receive_all()
    {
        constexpr std::size_t at_once = 16 * 1024;
        std::string all = receive(at_once);
        for (std::size_t got = all.size(); got == at_once;) {
            const std::string more = receive(at_once);
            got = more.size();
            all += more;
        }
        return all;
    }

    // "open", "finished", "reset" or "timeout".
    const std::string& end() const noexcept { return end_; }

    void finish() { ::shutdown(get(), SHUT_WR); }
    void close() { socket_.reset(); }

    // Closes with RST instead of FIN.
    void reset()
    {
        const linger none{1, 0};
        ::setsockopt(get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
        close();
    }

private:
    descriptor socket_;
    std::string end_ = "open";
};

struct tcp_pair
{
    descriptor server; // non-blocking, as accepted
    peer_socket client;
};

// A connection over loopback; a small receive buffer on the client's side fills sooner.
inline tcp_pair connect_over_tcp(int client_receive_bytes = 0)
{
    descriptor listening(check_call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const at = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    check_call(::bind(listening.get(), at, size), "bind");
    check_call(::listen(listening.get(), 1), "listen");
    check_call(::getsockname(listening.get(), at, &size), "getsockname");

    descriptor client(check_call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    if (client_receive_bytes > 0)
        ::setsockopt(client.get(), SOL_SOCKET, SO_RCVBUF, &client_receive_bytes,
                     sizeof client_receive_bytes);
    check_call(::connect(client.get(), at, size), "connect");
    descriptor server(check_call(
        ::accept4(listening.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC), "accept"));
    const int on = 1;
    for (const int end : {client.get(), server.get()})
        ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return {std::move(server), peer_socket(std::move(client))};
}

} // namespace cresset::tests
