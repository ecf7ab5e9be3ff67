#include "net/tls_client_context.hpp"

#include "net/tls_error.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace cresset::net {
namespace {

void require(bool worked, const std::string& what)
{
    if (!worked)
        throw std::runtime_error("TLS: " + what + ": " + tls_error_text());
}

// A key with a passphrase: OpenSSL would ask for it at the terminal.
int no_passphrase(char*, int, int, void*)
{
    return -1;
}

void configure(SSL_CTX* context, const tls_client_options& options)
{
    if (options.cert_file.empty() != options.key_file.empty())
        throw std::runtime_error("TLS: a certificate and its key go together");
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    // As tls_server_context has it, for a tls_stream.
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    if (options.ca_file.empty())
        require(SSL_CTX_set_default_verify_paths(context) == 1, "no certificates of the system");
    else
        require(SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) == 1,
                "cannot use the CA file " + options.ca_file);
    if (!options.cert_file.empty())
        require(SSL_CTX_use_certificate_chain_file(context, options.cert_file.c_str()) == 1,
                "cannot use the certificate " + options.cert_file);
    if (!options.key_file.empty())
        require(SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) ==
                        1 &&
                    SSL_CTX_check_private_key(context) == 1,
                "cannot use the key " + options.key_file);
}

} // namespace

tls_client_context::tls_client_context(const tls_client_options& options)
    : context_(SSL_CTX_new(TLS_client_method())), verify_(options.verify)
{
    try {
        require(context_ != nullptr, "no context");
        configure(context_, options);
    } catch (...) {
        SSL_CTX_free(context_);
        throw;
    }
}

tls_client_context::~tls_client_context()
{
    SSL_CTX_free(context_);
}

bool tls_client_context::expect_host(SSL* ssl, const std::string& host) const
{
    X509_VERIFY_PARAM* const rules = SSL_get0_param(ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1) // not sent (RFC 6066, section 3)
        return true;
    // The macro for it casts in the old style.
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(host.c_str()));
    // Without a name, one for any would do.
    return !verify_ || (!host.empty() && SSL_set1_host(ssl, host.c_str()) == 1);
}

} // namespace cresset::net
