#include "net/connector.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace cresset::net {
namespace {

std::string text_of(int error)
{
    return std::generic_category().message(error);
}

int open_socket(int family) noexcept
{
    const int s = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s >= 0) {
        const int on = 1;
        ::setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return s;
}

// In the order to try them, reversed: the next one is at the back. Empty with an error.
std::vector<endpoint> look_up(const std::string& host, int flags, int& error)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* found = nullptr;
    error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
    std::vector<endpoint> addresses;
    if (error != 0)
        return addresses;
    for (const addrinfo* a = found; a; a = a->ai_next) {
        sockaddr_storage address{};
        std::memcpy(&address, a->ai_addr, a->ai_addrlen);
        addresses.insert(addresses.begin(), endpoint::of(address, a->ai_addrlen));
    }
    freeaddrinfo(found);
    return addresses;
}

} // namespace

// getaddrinfo on a thread of its own, which may outlive whoever asked: DNS takes as long as it
// takes, and nobody waits for it.
class connector::lookup
{
public:
    lookup(connector& asks, std::string host) : asks_(&asks), host_(std::move(host)) {}

    static void begin(const std::shared_ptr<lookup>& self)
    {
        std::thread([self] {
            int error = 0;
            self->found_ = look_up(self->host_, AI_ADDRCONFIG, error);
            if (error != 0)
                self->error_ = gai_strerror(error);
            const std::lock_guard lock(self->mutex_);
            if (self->asks_)
                self->asks_->loop_.post([self] { self->deliver(); });
        }).detach();
    }

    void forget()
    {
        const std::lock_guard lock(mutex_);
        asks_ = nullptr;
    }

private:
    void deliver()
    {
        connector* to;
        {
            const std::lock_guard lock(mutex_);
            to = std::exchange(asks_, nullptr);
        }
        if (to)
            to->on_found(std::move(found_), error_);
    }

    std::mutex mutex_;
    connector* asks_; // under mutex_
    const std::string host_;
    std::vector<endpoint> found_; // the thread's until it posts
    std::string error_;
};

void connector::connect(const std::string& host, std::uint16_t port,
                        std::chrono::milliseconds limit, done then)
{
    cancel();
    then_ = std::move(then);
    port_ = port;
    loop_.arm(*this, limit);
    deadline_ms_ = loop_.now_ms() + static_cast<std::uint64_t>(limit.count());
    int error = 0;
    std::vector<endpoint> literal = look_up(host, AI_NUMERICHOST, error);
    if (error == 0) {
        on_found(std::move(literal), {});
        return;
    }
    lookup_ = std::make_shared<lookup>(*this, host);
    try {
        lookup::begin(lookup_);
    } catch (const std::system_error& no_thread) {
        on_found({}, no_thread.code().message());
    }
}

void connector::cancel() noexcept
{
    timer::cancel();
    if (const auto asked = std::exchange(lookup_, nullptr))
        asked->forget();
    if (const int s = take_socket(); s >= 0)
        ::close(s);
    addresses_.clear();
    then_ = {};
}

void connector::on_found(std::vector<endpoint> addresses, std::string_view error)
{
    lookup_ = nullptr;
    if (!error.empty())
        last_error_ = error;
    addresses_ = std::move(addresses);
    try_next();
}

void connector::try_next()
{
    while (!addresses_.empty()) {
        endpoint to = addresses_.back();
        addresses_.pop_back();
        to.set_port(port_);
        if (!begin(to))
            continue;
        const std::uint64_t left_ms = deadline_ms_ - std::min(deadline_ms_, loop_.now_ms());
        loop_.arm(*this, std::chrono::milliseconds(left_ms / (addresses_.size() + 1)));
        return;
    }
    // Not at once: whoever asked may not have returned from asking.
    loop_.arm(*this, std::chrono::milliseconds(0));
}

bool connector::begin(const endpoint& to)
{
    const int s = open_socket(to.family());
    if (s < 0) {
        last_error_ = text_of(errno);
        return false;
    }
    if (::connect(s, to.address(), to.size()) != 0 && errno != EINPROGRESS) {
        last_error_ = text_of(errno);
        ::close(s);
        return false;
    }
    try {
        loop_.add(s, *this, EPOLLOUT); // also where it is connected at once, as on loopback
    } catch (const std::system_error& error) {
        last_error_ = error.code().message();
        ::close(s);
        return false;
    }
    socket_ = s;
    return true;
}

void connector::on_events(std::uint32_t)
{
    if (socket_ < 0)
        return;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    const int s = take_socket();
    if (error == 0) {
        finish(s, {});
        return;
    }
    ::close(s);
    last_error_ = text_of(error);
    try_next();
}

// The time is over, or this address's part of it, or there is no address left.
void connector::on_timer()
{
    if (socket_ >= 0 || lookup_)
        last_error_ = "timed out";
    if (addresses_.empty()) {
        finish(-1, last_error_);
        return;
    }
    ::close(take_socket());
    try_next();
}

void connector::finish(int descriptor, std::string_view why_not)
{
    done then = std::move(then_);
    const std::string why(why_not);
    cancel();
    then(descriptor, why);
}

int connector::take_socket() noexcept
{
    if (socket_ >= 0)
        loop_.remove(socket_);
    return std::exchange(socket_, -1);
}

} // namespace cresset::net
