#pragma once

#include "net/endpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cresset::load {

// The server under load, as a URL names it: ws://HOST[:PORT][/PATH], or wss://. Never changes.
class target
{
public:
    // Throws std::invalid_argument, with a line for people, for what is no such URL, and
    // std::runtime_error for a host that has no address.
    static target parse(const std::string& url);

    const std::string& url() const noexcept { return url_; }
    const net::endpoint& where() const noexcept { return where_; }
    const std::string& host() const noexcept { return host_; } // as the header Host has it
    const std::string& path() const noexcept { return path_; } // with the query string
    const std::string& name() const noexcept { return name_; } // of the host alone
    bool tls() const noexcept { return tls_; }

    // Throws std::runtime_error, with a line for people, where nobody listens.
    void check_reachable() const;

    // A socket on its way there, non-blocking: what is sent before it is connected fails with
    // EAGAIN. Client after client gets another address of 127.0.0.0/8 where the server has one of
    // these, because one address has some 28,000 ports. A receive buffer of 0 is the system's own.
    // Throws std::system_error.
    int open_socket(std::uint64_t client, int receive_buffer) const;

private:
    std::string url_;
    net::endpoint where_;
    std::string host_;
    std::string path_;
    std::string name_;
    bool tls_ = false;
};

} // namespace cresset::load
