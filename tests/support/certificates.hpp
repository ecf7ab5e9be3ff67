#pragma once

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

#include <string>

namespace cresset::tests {

// A certificate authority of the test's own, and what it signs, by the command openssl.
class certificates
{
public:
    certificates() { run_program(with_new_key("ca", {"-x509", "-subj", "/CN=cresset test CA"})); }

    // For a server or a client: NAME.pem and NAME.key. Names as "IP:127.0.0.1,DNS:localhost".
    void sign(const std::string& name, const std::string& alternative_names) const
    {
        run_program(
            with_new_key(name, {"-x509", "-CA", cert_file("ca"), "-CAkey", key_file("ca"), "-subj",
                                "/CN=" + name, "-addext", "subjectAltName=" + alternative_names,
                                "-addext", "basicConstraints=CA:FALSE"}));
    }

    std::string cert_file(const std::string& name) const { return folder / (name + ".pem"); }
    std::string key_file(const std::string& name) const { return folder / (name + ".key"); }
    std::string ca_file() const { return cert_file("ca"); }

    temporary_folder folder;

private:
    std::vector<std::string> with_new_key(const std::string& name,
                                          std::vector<std::string> more) const
    {
        std::vector<std::string> command{
            "openssl",     "req",           "-newkey",
            "ec",          "-pkeyopt",      "ec_paramgen_curve:prime256v1",
            "-nodes",      "-days",         "2",
            "-out",        cert_file(name), "-keyout",
            key_file(name)};
        command.insert(command.end(), more.begin(), more.end());
        return command;
    }
};

} // namespace cresset::tests
