#pragma once

#include "base/ip_address.hpp"

#include <cstdint>
#include <string>
#include <sys/socket.h>

namespace cresset::net {

// An address and port, IPv4 or IPv6.
class endpoint
{
public:
    // Resolves a literal address or a name, the first address of it.
    // Throws std::runtime_error with a line for people if there is none.
    static endpoint resolve(const std::string& host, std::uint16_t port);

    static endpoint of(const sockaddr_storage& address, socklen_t size) noexcept;

    // 127.0.0.0/8 and ::1.
    bool is_loopback() const noexcept;

    base::ip_address ip() const noexcept;

    std::uint16_t port() const noexcept;
    void set_port(std::uint16_t port) noexcept;

    // "127.0.0.1:3000", "[::1]:3000".
    std::string to_string() const;

    int family() const noexcept { return address_.ss_family; }
    const sockaddr* address() const noexcept;
    socklen_t size() const noexcept { return size_; }

private:
    sockaddr_storage address_{};
    socklen_t size_ = 0;
};

} // namespace cresset::net
