#include "net/listener.hpp"

#include "base/system_error.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace cresset::net {
namespace {

// Connections that wait to be accepted; the kernel caps it at net.core.somaxconn.
constexpr int backlog = 4096;

// Connections accepted in one turn, so that a storm of new clients doesn't starve the old ones.
constexpr int accepts_a_turn_max = 64;

constexpr std::chrono::milliseconds pause_when_full{100};
constexpr std::chrono::milliseconds pause_when_too_many{10};

owned_socket new_socket(const endpoint& at)
{
    owned_socket made(::socket(at.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (made.get() < 0)
        base::throw_errno("socket");
    return made;
}

void set_option(const owned_socket& socket, int level, int option, int value = 1)
{
    if (::setsockopt(socket.get(), level, option, &value, sizeof value) != 0)
        base::throw_errno("setsockopt");
}

void bind_to(const owned_socket& socket, const endpoint& at)
{
    if (::bind(socket.get(), at.address(), at.size()) != 0)
        base::throw_errno("bind");
}

// A socket without SO_REUSEPORT can't be bound where any other listens, so this finds out whether
// we would share the port with another process, which SO_REUSEPORT alone would do in silence.
void check_not_in_use(const endpoint& at)
{
    const owned_socket probe = new_socket(at);
    set_option(probe, SOL_SOCKET, SO_REUSEADDR);
    bind_to(probe, at);
}

endpoint bound_address(int descriptor)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        base::throw_errno("getsockname");
    return endpoint::of(address, size);
}

owned_socket open_listener(endpoint& at)
{
    owned_socket socket = new_socket(at);
    set_option(socket, SOL_SOCKET, SO_REUSEADDR);
    set_option(socket, SOL_SOCKET, SO_REUSEPORT);
    // Accepted sockets have it from here. Writes are gathered already, a turn of the loop at a
    // time; Nagle would only add delay.
    set_option(socket, IPPROTO_TCP, TCP_NODELAY);
    bind_to(socket, at);
    if (::listen(socket.get(), backlog) != 0)
        base::throw_errno("listen");
    at = bound_address(socket.get());
    return socket;
}

} // namespace

std::vector<owned_socket> open_listeners(endpoint& at, unsigned count)
{
    if (at.port() != 0)
        check_not_in_use(at);
    return open_more_listeners(at, count);
}

std::vector<owned_socket> open_more_listeners(endpoint& at, unsigned count)
{
    std::vector<owned_socket> sockets;
    for (unsigned i = 0; i < count; ++i)
        sockets.push_back(open_listener(at));
    return sockets;
}

std::vector<owned_socket> share_listener(owned_socket socket, unsigned count, endpoint& at)
{
    set_option(socket, IPPROTO_TCP, TCP_NODELAY);
    at = bound_address(socket.get());
    std::vector<owned_socket> sockets;
    sockets.push_back(std::move(socket));
    while (sockets.size() < count) {
        sockets.emplace_back(::fcntl(sockets.front().get(), F_DUPFD_CLOEXEC, 0));
        if (sockets.back().get() < 0)
            base::throw_errno("fcntl");
    }
    return sockets;
}

void set_peer_timeout(const std::vector<owned_socket>& listening, std::chrono::milliseconds timeout)
{
    // The first probe after two thirds of it, others each sixth: the last third is for answers.
    const auto seconds = [](std::chrono::milliseconds time) {
        return std::max(1, static_cast<int>(time.count() / 1000));
    };
    for (const owned_socket& socket : listening) {
        set_option(socket, SOL_SOCKET, SO_KEEPALIVE);
        set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, seconds(timeout * 2 / 3));
        set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, seconds(timeout / 6));
        set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(timeout.count()));
    }
}

listener::listener(event_loop& loop, owned_socket listening, base::log& log, acceptor accepted,
                   std::uint32_t accepts_per_second)
    : loop_(loop),
      descriptor_(listening.release()),
      log_(log),
      accepted_(std::move(accepted)),
      accepts_per_second_(accepts_per_second),
      left_(accepts_per_second)
{
    loop_.add(descriptor_, *this, EPOLLIN);
}

listener::~listener()
{
    stop();
}

void listener::accept_rest()
{
    for (int i = 0; i < backlog && descriptor_ >= 0 && accept_one(); ++i) {
    }
}

void listener::stop() noexcept
{
    if (descriptor_ < 0)
        return;
    cancel();
    loop_.remove(descriptor_);
    ::close(std::exchange(descriptor_, -1));
}

void listener::on_events(std::uint32_t)
{
    for (int i = 0; i < accepts_a_turn_max && descriptor_ >= 0; ++i) {
        if (!may_accept()) {
            pause(pause_when_too_many);
            return;
        }
        if (!accept_one())
            return;
    }
}

bool listener::may_accept() noexcept
{
    if (accepts_per_second_ == 0)
        return true;
    if (left_ == 0) {
        const std::uint64_t since = std::min<std::uint64_t>(loop_.now_ms() - filled_ms_, 1000);
        if (const std::uint64_t more = since * accepts_per_second_ / 1000; more > 0) {
            left_ = static_cast<std::uint32_t>(more);
            filled_ms_ = loop_.now_ms();
        }
    }
    if (left_ == 0)
        return false;
    --left_;
    return true;
}

// False if there is nothing more to accept for now.
bool listener::accept_one()
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int accepted = ::accept4(descriptor_, reinterpret_cast<sockaddr*>(&address), &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            tell_that_it_waits(errno);
        else if (errno == EAGAIN)
            told_ = false; // nobody waits any more
        // Any other error is of that one connection, which was gone before we took it.
        return errno != EAGAIN && !paused_;
    }
    accepted_(accepted, endpoint::of(address, size));
    return true;
}

void listener::pause(std::chrono::milliseconds delay)
{
    paused_ = true;
    loop_.modify(descriptor_, *this, 0);
    loop_.arm(*this, delay);
}

void listener::tell_that_it_waits(int error)
{
    pause(pause_when_full);
    if (std::exchange(told_, true))
        return;
    log_.warn("new connections wait: the process is out of descriptors or memory",
              {{"error", std::strerror(error)},
               {"retry_ms", pause_when_full.count()},
               {"remedy", "raise the limit of open files (ulimit -n)"}});
}

void listener::on_timer()
{
    paused_ = false;
    loop_.modify(descriptor_, *this, EPOLLIN);
}

} // namespace cresset::net
