#pragma once

#include "net/tls_client_context.hpp"
#include "net/tls_session.hpp"
#include "support/sockets.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cresset::tests {

// A session over a blocking socket. Bytes pass in pieces of `cut`, both ways.
class tls_conversation
{
public:
    static constexpr std::size_t uncut = std::numeric_limits<std::size_t>::max();

    tls_conversation(peer_socket socket, const net::tls_client_context& context,
                     const std::string& host, std::size_t cut = uncut)
        : session(context, host), socket_(std::move(socket)), cut_(cut)
    {
        flush();
    }

    // False when it is over.
    bool receive_some()
    {
        char buffer[32 * 1024];
        const ssize_t got = ::recv(socket_.get(), buffer, sizeof buffer, 0);
        if (got <= 0)
            return false;
        received_raw += static_cast<std::size_t>(got);
        std::string_view bytes(buffer, static_cast<std::size_t>(got));
        while (!bytes.empty()) {
            const std::string_view piece = bytes.substr(0, cut_);
            bytes.remove_prefix(piece.size());
            const std::vector<char> own(piece.begin(), piece.end()); // seen by asan beyond its end
            const bool goes_on = session.receive({own.data(), own.size()}, received);
            flush();
            if (!goes_on)
                return false;
        }
        return true;
    }

    void handshake()
    {
        while (!session.established() && receive_some()) {
        }
    }

    bool send(std::string_view plaintext)
    {
        const bool sent = session.send(plaintext);
        flush();
        return sent;
    }

    // What has been received, when it is so much or the end has come.
    const std::string& receive(std::size_t bytes)
    {
        while (received.size() < bytes && receive_some()) {
        }
        return received;
    }

    void run_to_the_end()
    {
        while (receive_some()) {
        }
    }

    // The socket says no more.
    void finish() { socket_.finish(); }

    net::tls_session session;
    std::string received;
    std::size_t received_raw = 0; // bytes on the wire

private:
    void flush()
    {
        const std::string output = session.take_output();
        std::string_view bytes(output);
        while (!bytes.empty()) {
            socket_.send(bytes.substr(0, cut_));
            bytes.remove_prefix(std::min(cut_, bytes.size()));
        }
    }

    peer_socket socket_;
    std::size_t cut_;
};

} // namespace cresset::tests
