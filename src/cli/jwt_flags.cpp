#include "cli/jwt_flags.hpp"

#include "cli/key_file.hpp"
#include "cli/units.hpp"
#include "jwt/jwks.hpp"
#include "jwt/pem.hpp"

#include <algorithm>
#include <cresset/errors.hpp>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace cresset::cli {
namespace {

// What `read` makes of the file; what is wrong with that is told with its name.
template <typename Read>
auto from_file(const std::string& name, Read read)
{
    const std::string text = read_key_file(name);
    try {
        return read(text);
    } catch (const crypto_error& error) {
        throw std::runtime_error(name + ": " + error.what());
    }
}

jwt::key read_secret_text(const std::string& text)
{
    return jwt::read_secret(without_line_end(text));
}

jwt::key read_key(const std::string& given)
{
    const std::size_t equals = given.find('=');
    const std::string id = equals == std::string::npos ? "" : given.substr(0, equals);
    const std::string file = equals == std::string::npos ? given : given.substr(equals + 1);
    return from_file(file, [&](const std::string& text) { return jwt::read_public_pem(text, id); });
}

jwt::rules make_rules(const jwt_flags& flags)
{
    jwt::rules asked;
    for (const std::string& name : flags.algorithms)
        asked.algorithms.push_back(jwt::algorithm_named(name).value());
    asked.issuers = flags.issuers;
    asked.audiences = flags.audiences;
    asked.required_claims = flags.required_claims;
    asked.leeway = std::chrono::floor<std::chrono::seconds>(flags.leeway);
    return asked;
}

} // namespace

void add_jwt_flags(CLI::App& app, jwt_flags& flags)
{
    app.add_option("--jwt-secret", flags.secret_file,
                   "File with a secret for HS256, of at least 32 bytes; a line end behind it is "
                   "no part of it")
        ->type_name("FILE");
    app.add_option("--jwt-key", flags.key_files,
                   "PEM file of a public key, with the id that tokens call it by, if they do; may "
                   "be repeated")
        ->delimiter(',')
        ->type_name("[KID=]FILE");
    app.add_option("--jwt-jwks", flags.jwks_file, "File with a JWK Set of public keys")
        ->type_name("FILE");
    app.add_option("--jwt-algorithm", flags.algorithms,
                   "Algorithms that tokens may be signed with (default: those that the keys are "
                   "for)")
        ->delimiter(',')
        ->check(CLI::IsMember({"HS256", "RS256", "PS256", "ES256", "EdDSA"}))
        ->type_name("NAME");
    app.add_option("--jwt-issuer", flags.issuers,
                   "One of these has to be `iss` (default: whoever has the key may issue)")
        ->delimiter(',')
        ->type_name("ISSUER");
    app.add_option("--jwt-audience", flags.audiences,
                   "One of these has to be in `aud` (default: tokens that name an audience are "
                   "for somebody else, and refused)")
        ->delimiter(',')
        ->type_name("AUDIENCE");
    app.add_option("--jwt-require", flags.required_claims, "Claims that have to be there")
        ->delimiter(',')
        ->type_name("CLAIM");
    add_duration(app, "--jwt-leeway", flags.leeway, "What clocks may differ by");
    app.add_option("--jwt-user-claim", flags.claims.user, "Claim that is the user's id")
        ->type_name("CLAIM")
        ->capture_default_str();
    app.add_option("--jwt-rooms-claim", flags.claims.joins,
                   "Claim with a list of rooms that the client is in from the beginning")
        ->type_name("CLAIM");
    app.add_option("--jwt-join-claim", flags.claims.may_join,
                   "Claim with a list of patterns of rooms that the client may join, beside those "
                   "of --join")
        ->type_name("CLAIM");
}

bool has_keys(const jwt_flags& flags)
{
    return !flags.secret_file.empty() || !flags.key_files.empty() || !flags.jwks_file.empty();
}

std::shared_ptr<const jwt::verifier> make_verifier(const jwt_flags& flags,
                                                   std::vector<std::string>& skipped)
{
    std::vector<jwt::key> keys;
    if (!flags.secret_file.empty())
        keys.push_back(from_file(flags.secret_file, read_secret_text));
    for (const std::string& each : flags.key_files)
        keys.push_back(read_key(each));
    if (!flags.jwks_file.empty()) {
        jwt::jwks read = from_file(flags.jwks_file, jwt::read_jwks);
        std::ranges::move(read.keys, std::back_inserter(keys));
        for (const std::string& line : read.skipped)
            skipped.push_back(flags.jwks_file + ": " + line);
    }
    if (keys.empty())
        throw std::invalid_argument("--auth jwt needs a key that can be used: --jwt-secret, "
                                    "--jwt-key or --jwt-jwks");
    return std::make_shared<const jwt::verifier>(jwt::key_set(std::move(keys)), make_rules(flags));
}

} // namespace cresset::cli
