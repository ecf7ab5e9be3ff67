#pragma once

#include "net/tls_client_context.hpp"

#include <span>
#include <string>
#include <string_view>

using BIO = struct bio_st;
using SSL = struct ssl_st;

namespace cresset::net {

// The client's side of one TLS connection as a filter, without I/O:
//
//   receive(bytes of the peer) ──> plaintext           send(plaintext) ──> output
//                              └─> output (handshake)
//
// What is in the output is to be sent to the peer after each call. One thread's.
class tls_session
{
public:
    // Begins the handshake: there is output at once. The server's certificate must be for `host`, a
    // name or an address.
    tls_session(const tls_client_context& context, const std::string& host);
    ~tls_session();
    tls_session(const tls_session&) = delete;
    tls_session& operator=(const tls_session&) = delete;

    // Appends what is for us to `plaintext`. False if the connection is over: error() tells why.
    bool receive(std::string_view bytes, std::string& plaintext);

    // Before the handshake is over: kept until then.
    bool send(std::string_view plaintext);

    // What has to be sent to the peer; it is then gone from here.
    std::string take_output();

    bool established() const noexcept;

    // Why it is over, for people; empty if the peer ended it in good order.
    const std::string& error() const noexcept { return error_; }

private:
    bool step();
    bool failed(int result);

    SSL* ssl_;
    BIO* in_;             // the SSL's
    BIO* out_;            // the SSL's
    std::string waiting_; // plaintext, until the handshake is over
    std::string error_;
};

} // namespace cresset::net
