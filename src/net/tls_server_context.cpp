#include "net/tls_server_context.hpp"

#include "net/kernel_tls.hpp"
#include "net/tls_error.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace cresset::net {
namespace {

// As ALPN has it: the length, then the name (RFC 7301, section 3.1).
constexpr std::array<unsigned char, 9> http_1_1 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// Sessions of another program are none of ours.
constexpr std::string_view session_context = "cresset";

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

// Who speaks of protocols, and not of ours, is refused (RFC 7301, section 3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*)
{
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, chosen_size, http_1_1.data(), http_1_1.size(), offered,
                              offered_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

void set_rules(SSL_CTX* context)
{
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    require(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1, "no TLS 1.2");
    std::uint64_t options = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                            SSL_OP_CIPHER_SERVER_PREFERENCE |
                            SSL_OP_IGNORE_UNEXPECTED_EOF; // the close frame tells, if it matters
    if (kernel_tls_available())
        options |= SSL_OP_ENABLE_KTLS;
    SSL_CTX_set_options(context, options);
    // A write that the kernel did not take is repeated from where the bytes lie then. An idle
    // connection keeps no buffers.
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1); // a client has one connection
    SSL_CTX_set_session_id_context(context,
                                   reinterpret_cast<const unsigned char*>(session_context.data()),
                                   static_cast<unsigned>(session_context.size()));
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

void load_certificate(SSL_CTX* context, const tls_certificate& files)
{
    require(SSL_CTX_use_certificate_chain_file(context, files.cert_file.c_str()) == 1,
            "cannot use the certificate " + files.cert_file);
    require(SSL_CTX_use_PrivateKey_file(context, files.key_file.c_str(), SSL_FILETYPE_PEM) == 1 &&
                SSL_CTX_check_private_key(context) == 1,
            "cannot use the key " + files.key_file);
}

void check_clients(SSL_CTX* context, const tls_options& options)
{
    if (options.client_certificates == tls_client_certificates::off)
        return;
    const std::string& file = options.client_ca_file;
    const std::string why = "cannot use the CA file " + file;
    require(SSL_CTX_load_verify_locations(context, file.c_str(), nullptr) == 1, why);
    STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(file.c_str());
    require(names != nullptr, why);
    SSL_CTX_set_client_CA_list(context, names); // which takes them over
    const bool required = options.client_certificates == tls_client_certificates::required;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       nullptr);
}

} // namespace

// A certificate, ready for connections.
struct tls_server_context::identity
{
    identity() : context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free)
    {
        require(context != nullptr, "no context");
    }

    bool is_for(const char* name) const
    {
        return X509_check_host(SSL_CTX_get0_certificate(context.get()), name, std::strlen(name), 0,
                               nullptr) == 1;
    }

    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context;
};

tls_server_context::tls_server_context(const tls_options& options)
{
    for (const tls_certificate& files : options.certificates) {
        SSL_CTX* const context = identities_.emplace_back().context.get();
        set_rules(context);
        load_certificate(context, files);
        check_clients(context, options);
    }
    if (identities_.empty())
        throw std::runtime_error("TLS: no certificate");
    int (*const choose_by_name)(SSL*, int*, void*) = [](SSL* ssl, int*, void* self) {
        if (const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
            static_cast<const tls_server_context*>(self)->choose(ssl, name);
        return SSL_TLSEXT_ERR_OK;
    };
    // The macros for these cast in the old style.
    SSL_CTX_callback_ctrl(get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                          reinterpret_cast<void (*)()>(choose_by_name));
    SSL_CTX_ctrl(get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, this);
}

tls_server_context::~tls_server_context() = default;

SSL_CTX* tls_server_context::get() const noexcept
{
    return identities_.front().context.get();
}

void tls_server_context::choose(SSL* ssl, const char* name) const
{
    for (const identity& each : identities_)
        if (each.is_for(name)) {
            SSL_set_SSL_CTX(ssl, each.context.get());
            return;
        }
}

} // namespace cresset::net
