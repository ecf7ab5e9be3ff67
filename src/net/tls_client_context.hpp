#pragma once

#include <memory>
#include <string>

using SSL_CTX = struct ssl_ctx_st;
using SSL = struct ssl_st;

namespace cresset::net {

// Files are PEM; empty ones are not used.
struct tls_client_options
{
    std::string ca_file;   // who may sign the server's certificate; empty: who the system trusts
    std::string cert_file; // our own certificate, with the chain behind it
    std::string key_file;  // and its key
    bool verify = true;    // else any certificate will do, which protects from nobody
};

// What TLS connections to servers have in common. TLS 1.2 at least, and servers are
// verified, if it is not said otherwise.
class tls_client_context
{
public:
    // Throws std::runtime_error with a line for people for files that can't be used.
    explicit tls_client_context(const tls_client_options& options);
    ~tls_client_context();
    tls_client_context(const tls_client_context&) = delete;
    tls_client_context& operator=(const tls_client_context&) = delete;

    SSL_CTX* get() const noexcept { return context_; }

    // Whom the server's certificate has to name: a name, which the server is told, or an address.
    // False if that can't be.
    bool expect_host(SSL* ssl, const std::string& host) const;

private:
    SSL_CTX* context_;
    bool verify_;
};

} // namespace cresset::net
