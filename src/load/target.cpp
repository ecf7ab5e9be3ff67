#include "load/target.hpp"

#include "base/system_error.hpp"
#include "net/owned_socket.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>

namespace cresset::load {
namespace {

// How many addresses clients come from: 1.8 million ports. They begin at 127.0.1.1.
constexpr std::uint32_t addresses = 64;
constexpr std::uint32_t first_address = 0x7f000101;

[[noreturn]] void refuse(const std::string& url, const char* why)
{
    throw std::invalid_argument("\"" + url + "\" is no URL to connect to: " + why);
}

std::uint16_t parse_port(const std::string& url, std::string_view text)
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0)
        refuse(url, "its port is none");
    return port;
}

template <typename Value>
void set_option(int socket, int level, int option, const Value& value)
{
    if (::setsockopt(socket, level, option, &value, sizeof value) != 0)
        base::throw_errno("setsockopt");
}

void bind_to(int socket, std::uint32_t address)
{
    set_option(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(address);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
        base::throw_errno("bind");
}

} // namespace

target target::parse(const std::string& url)
{
    const bool tls = url.starts_with("wss://");
    const std::string_view scheme = tls ? "wss://" : "ws://";
    if (!url.starts_with(scheme))
        refuse(url, "it is written like ws://127.0.0.1:3000/ws");
    const std::string_view rest = std::string_view(url).substr(scheme.size());
    const std::size_t slash = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view authority = rest.substr(0, slash);
    target result;
    result.url_ = url;
    result.tls_ = tls;
    result.host_ = authority;
    result.path_ = rest.substr(slash);
    if (!result.path_.starts_with('/'))
        result.path_.insert(0, 1, '/');
    if (result.path_.find_first_of("# \r\n") != std::string::npos)
        refuse(url, "its path has a character that can't be there");

    std::string_view host = authority;
    std::uint16_t port = tls ? 443 : 80;
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        port = parse_port(url, authority.substr(colon + 1));
        host = authority.substr(0, colon);
    }
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    if (host.empty())
        refuse(url, "it has no host");
    result.name_ = host;
    result.where_ = net::endpoint::resolve(std::string(host), port);
    return result;
}

void target::check_reachable() const
{
    const net::owned_socket s(::socket(where_.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (s.get() < 0)
        base::throw_errno("socket");
    if (::connect(s.get(), where_.address(), where_.size()) != 0)
        throw std::runtime_error("can't connect to " + where_.to_string() + ": " +
                                 std::generic_category().message(errno) +
                                 "; is the server running?");
}

int target::open_socket(std::uint64_t client, int receive_buffer) const
{
    net::owned_socket s(::socket(where_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (s.get() < 0)
        base::throw_errno("socket");
    set_option(s.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    if (receive_buffer > 0) // before connecting, which tells the server how much there is
        set_option(s.get(), SOL_SOCKET, SO_RCVBUF, receive_buffer);
    if (where_.family() == AF_INET && where_.is_loopback())
        bind_to(s.get(), first_address + static_cast<std::uint32_t>(client % addresses));
    if (::connect(s.get(), where_.address(), where_.size()) != 0 && errno != EINPROGRESS)
        base::throw_errno("connect");
    return s.release();
}

} // namespace cresset::load
