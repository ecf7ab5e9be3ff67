#include "cli/tls_flags.hpp"

#include <cresset/errors.hpp>

namespace cresset::cli {

void add_tls_flags(CLI::App& app, tls_flags& flags)
{
    app.add_option("--tls-cert", flags.certs,
                   "PEM file of a certificate with its chain: all of the port then speaks TLS. May "
                   "be repeated: clients get the one for the host that they name, else the first. "
                   "Read anew when it changes, and on SIGHUP")
        ->type_name("FILE");
    app.add_option("--tls-key", flags.keys, "PEM file of the key of each --tls-cert, in order")
        ->type_name("FILE");
    app.add_option("--tls-client-cert", flags.client_cert,
                   "Certificates of clients. optional: one that is sent must be good; required: "
                   "nobody comes in without")
        ->check(CLI::IsMember({"off", "optional", "required"}))
        ->capture_default_str();
    app.add_option("--tls-client-ca", flags.client_ca,
                   "PEM file of who may have signed clients' certificates")
        ->type_name("FILE");
}

tls_options to_tls_options(const tls_flags& flags)
{
    const auto require = [](bool holds, const char* option, const char* why) {
        if (!holds)
            throw option_error(option, why);
    };
    require(flags.certs.size() == flags.keys.size(), "--tls-cert",
            "goes with a --tls-key each, in the same order");
    require(flags.client_cert == "off" || !flags.certs.empty(), "--tls-client-cert",
            "is for TLS: give --tls-cert and --tls-key");
    require((flags.client_cert == "off") == flags.client_ca.empty(), "--tls-client-ca",
            "goes with --tls-client-cert optional or required");
    tls_options options;
    for (std::size_t i = 0; i < flags.certs.size(); ++i)
        options.certificates.push_back({flags.certs[i], flags.keys[i]});
    if (flags.client_cert != "off")
        options.client_certificates = flags.client_cert == "required"
                                          ? tls_client_certificates::required
                                          : tls_client_certificates::optional;
    options.client_ca_file = flags.client_ca;
    return options;
}

} // namespace cresset::cli
