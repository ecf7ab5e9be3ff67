#pragma once

#include "net/tls_client_context.hpp"
#include "net/tls_server_context.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace cresset::net {

// How an attempt ended.
enum class tls_result : std::uint8_t
{
    done,
    want_read,  // again when the socket is readable
    want_write, // again when it is writable
    finished,   // the peer sends no more
    failed
};

// One side of a TLS connection over a non-blocking socket, which somebody else owns and watches.
// One thread's, on which SIGPIPE is blocked.
class tls_stream
{
public:
    // One record takes as much at most (RFC 8446, section 5.1).
    static constexpr std::size_t record_bytes = 16 * 1024;

    // The server's; `received` was read from the socket already: what the client says first, or
    // some of it. Throws std::bad_alloc, as the other does.
    tls_stream(std::shared_ptr<const tls_server_context> context, int descriptor,
               std::span<const char> received = {});

    // The client's, of a server whose certificate must be for `host`; see tls_client_context.
    tls_stream(const tls_client_context& context, int descriptor, const std::string& host);
    ~tls_stream();
    tls_stream(const tls_stream&) = delete;
    tls_stream& operator=(const tls_stream&) = delete;

    tls_result shake_hands() noexcept;

    // After the handshake. `bytes` becomes what was read: at most a record, and nothing is held
    // back where there is room for one.
    tls_result read(std::span<char>& bytes) noexcept;

    // One record of what is at the front of `bytes`; `taken` says how much. After want_write the
    // same bytes have to come again, and more may behind them.
    tls_result write(std::span<const char> bytes, std::size_t& taken) noexcept;

    // After the handshake: the kernel encrypts what is sent on the socket, and write is not to be
    // used. (It would keep pointing at bytes that the kernel has not taken, wherever they are.)
    bool kernel_sends() const noexcept { return kernel_sends_; }

    // Says that no more will be written, as far as the socket takes it.
    void finish() noexcept;

    // The subject of the client's certificate, which was verified, as RFC 2253 writes it:
    // "CN=sensor 7,O=Example"; empty without one.
    std::string client_subject() const;

    // Why it failed, for people.
    std::string failure() const { return failure_; }

private:
    bool replays() const noexcept;
    tls_result result_of(int returned) noexcept;

    std::shared_ptr<const tls_server_context> context_; // null for a client
    SSL* ssl_;
    int descriptor_;
    bool kernel_sends_ = false;
    const char* failure_ = "";
};

} // namespace cresset::net
