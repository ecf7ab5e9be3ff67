#include "net/endpoint.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <stdexcept>

namespace cresset::net {
namespace {

const sockaddr_in& as_v4(const sockaddr_storage& address)
{
    return reinterpret_cast<const sockaddr_in&>(address);
}

const sockaddr_in6& as_v6(const sockaddr_storage& address)
{
    return reinterpret_cast<const sockaddr_in6&>(address);
}

} // namespace

endpoint endpoint::resolve(const std::string& host, std::uint16_t port)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (error != 0)
        throw std::runtime_error("cannot resolve host \"" + host + "\": " + gai_strerror(error));
    endpoint result;
    std::memcpy(&result.address_, found->ai_addr, found->ai_addrlen);
    result.size_ = found->ai_addrlen;
    freeaddrinfo(found);
    result.set_port(port);
    return result;
}

endpoint endpoint::of(const sockaddr_storage& address, socklen_t size) noexcept
{
    endpoint result;
    result.address_ = address;
    result.size_ = size;
    return result;
}

bool endpoint::is_loopback() const noexcept
{
    if (family() == AF_INET)
        return ntohl(as_v4(address_).sin_addr.s_addr) >> 24 == 127;
    return family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&as_v6(address_).sin6_addr);
}

base::ip_address endpoint::ip() const noexcept
{
    return family() == AF_INET6 ? base::ip_address::v6(&as_v6(address_).sin6_addr)
                                : base::ip_address::v4(&as_v4(address_).sin_addr);
}

std::uint16_t endpoint::port() const noexcept
{
    return ntohs(family() == AF_INET6 ? as_v6(address_).sin6_port : as_v4(address_).sin_port);
}

void endpoint::set_port(std::uint16_t port) noexcept
{
    if (family() == AF_INET6)
        reinterpret_cast<sockaddr_in6&>(address_).sin6_port = htons(port);
    else
        reinterpret_cast<sockaddr_in&>(address_).sin_port = htons(port);
}

std::string endpoint::to_string() const
{
    const bool v6 = family() == AF_INET6;
    const void* address = v6 ? static_cast<const void*>(&as_v6(address_).sin6_addr)
                             : static_cast<const void*>(&as_v4(address_).sin_addr);
    char literal[INET6_ADDRSTRLEN] = "?";
    inet_ntop(family(), address, literal, sizeof literal);
    std::string text(literal);
    if (v6)
        text.insert(0, 1, '[').append(1, ']');
    return text.append(1, ':').append(std::to_string(port()));
}

const sockaddr* endpoint::address() const noexcept
{
    return reinterpret_cast<const sockaddr*>(&address_);
}

} // namespace cresset::net
