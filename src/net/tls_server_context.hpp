#pragma once

#include <cresset/tls.hpp>
#include <vector>

using SSL_CTX = struct ssl_ctx_st;
using SSL = struct ssl_st;

namespace cresset::net {

// What the TLS connections of a server have in common: TLS 1.2 and 1.3, ALPN http/1.1, sessions
// that are resumed by tickets alone, so that nothing of them is kept here. Never changes, and is
// used by all threads; a new one is made of new files.
class tls_server_context
{
public:
    // Throws std::runtime_error with a line for people for files that can't be used.
    explicit tls_server_context(const tls_options& options);
    ~tls_server_context();
    tls_server_context(const tls_server_context&) = delete;
    tls_server_context& operator=(const tls_server_context&) = delete;

    // For connections that ask for no name, or before they ask.
    SSL_CTX* get() const noexcept;

private:
    struct identity;

    void choose(SSL* ssl, const char* name) const;

    std::vector<identity> identities_; // in the order of the options
};

} // namespace cresset::net
