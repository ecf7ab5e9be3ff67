#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cresset {

// PEM files: a certificate with the chain behind it, and its key without a passphrase.
struct tls_certificate
{
    std::string cert_file;
    std::string key_file;
};

enum class tls_client_certificates : std::uint8_t
{
    off,
    optional, // a client may do without, but one that it sends must be good
    required
};

// TLS 1.2 and 1.3. The files are read anew when they change, and by server::reload_tls; clients
// that are connected keep what they have.
struct tls_options
{
    // None: no TLS. A client that names the host it wants gets the first certificate that is for
    // it, and else the first.
    std::vector<tls_certificate> certificates = {};

    // Certificates of clients, which authenticate is then told of, and who may sign them.
    tls_client_certificates client_certificates = tls_client_certificates::off;
    std::string client_ca_file = {};

    bool enabled() const noexcept { return !certificates.empty(); }
};

} // namespace cresset
