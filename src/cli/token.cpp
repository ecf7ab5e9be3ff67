#include "cli/token.hpp"

#include "cli/jwt_flags.hpp"
#include "cli/key_file.hpp"
#include "cli/units.hpp"
#include "jwt/pem.hpp"
#include "jwt/sign.hpp"
#include "jwt/signed_token.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::cli {
namespace {

namespace json = boost::json;

struct make_flags
{
    std::string secret_file;
    std::string key_file;
    std::string key_id;
    std::string algorithm;
    std::string user;
    std::string issuer;
    std::string audience;
    std::chrono::milliseconds lifetime{std::chrono::hours(1)};
    std::vector<std::string> claims; // NAME=JSON
};

struct read_flags
{
    std::string token;
    jwt_flags by;
};

jwt::key read_signing_key(const make_flags& flags)
{
    if (flags.secret_file.empty() == flags.key_file.empty())
        throw std::invalid_argument("one of --secret and --key is needed, to sign with");
    if (!flags.secret_file.empty())
        return jwt::read_secret(without_line_end(read_key_file(flags.secret_file)), flags.key_id);
    return jwt::read_private_pem(read_key_file(flags.key_file), flags.key_id);
}

jwt::algorithm algorithm_for(const jwt::key& key, const std::string& asked)
{
    if (!asked.empty())
        return jwt::algorithm_named(asked).value();
    switch (key.material->kind()) {
    case jwt::key_kind::secret:
        return jwt::algorithm::hs256;
    case jwt::key_kind::rsa:
        return jwt::algorithm::rs256;
    case jwt::key_kind::p256:
        return jwt::algorithm::es256;
    case jwt::key_kind::ed25519:
        break;
    }
    return jwt::algorithm::eddsa;
}

// What is JSON is that, and all else is text.
json::value value_of(const std::string& text)
{
    boost::system::error_code error;
    json::value value = json::parse(json::string_view(text.data(), text.size()), error);
    return error ? json::value(text) : value;
}

json::object claims_of(const make_flags& flags)
{
    const auto now = std::chrono::system_clock::now();
    const auto seconds = [](std::chrono::system_clock::time_point at) {
        return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
    };
    json::object claims{{"sub", flags.user}, {"iat", seconds(now)}};
    claims["exp"] = seconds(now + flags.lifetime);
    if (!flags.issuer.empty())
        claims["iss"] = flags.issuer;
    if (!flags.audience.empty())
        claims["aud"] = flags.audience;
    for (const std::string& each : flags.claims) {
        const std::size_t equals = each.find('=');
        if (equals == std::string::npos || equals == 0)
            throw std::invalid_argument("--claim must be NAME=VALUE");
        claims[each.substr(0, equals)] = value_of(each.substr(equals + 1));
    }
    return claims;
}

exit_status make(const make_flags& flags)
{
    try {
        const jwt::key key = read_signing_key(flags);
        std::puts(jwt::sign(claims_of(flags), key, algorithm_for(key, flags.algorithm)).c_str());
        return success;
    } catch (const std::exception& wrong) {
        return refuse(wrong.what());
    }
}

std::string token_of(const read_flags& flags)
{
    std::string token = flags.token;
    if (token == "-")
        std::getline(std::cin, token);
    constexpr std::string_view scheme = "Bearer ";
    if (token.starts_with(scheme))
        token.erase(0, scheme.size());
    return token;
}

exit_status read(const read_flags& flags)
{
    const std::string token = token_of(flags);
    const auto found = jwt::read_token(token);
    if (!found)
        return refuse(jwt::to_string(found.error()));
    std::puts(found->payload.c_str());
    const std::string by =
        found->algorithm + (found->key_id ? ", key " + *found->key_id : std::string());
    if (!has_keys(flags.by)) {
        std::fprintf(stderr, "not verified: give --jwt-key, --jwt-secret or --jwt-jwks (%s)\n",
                     by.c_str());
        return success;
    }
    try {
        std::vector<std::string> skipped;
        const auto verifier = make_verifier(flags.by, skipped);
        const auto said = verifier->verify(token, std::chrono::system_clock::now());
        const std::string verdict =
            said ? "believed" : "refused: " + std::string(jwt::to_string(said.error()));
        std::fprintf(stderr, "%s (%s)\n", verdict.c_str(), by.c_str());
        return said ? success : failure;
    } catch (const std::exception& wrong) {
        return refuse(wrong.what());
    }
}

void add_make(CLI::App& parent, exit_status& status)
{
    const auto flags = std::make_shared<make_flags>();
    CLI::App* const app = parent.add_subcommand("make", "Sign a token, and print it");
    app->add_option("--secret", flags->secret_file, "File with a secret, for HS256")
        ->type_name("FILE");
    app->add_option("--key", flags->key_file, "PEM file of a private key")->type_name("FILE");
    app->add_option("--key-id", flags->key_id, "How the token calls the key (kid)")
        ->type_name("ID");
    app->add_option("--algorithm", flags->algorithm,
                    "HS256, RS256, PS256, ES256 or EdDSA (default: that of the key; of RSA, RS256)")
        ->check(CLI::IsMember({"HS256", "RS256", "PS256", "ES256", "EdDSA"}))
        ->type_name("NAME");
    app->add_option("--user", flags->user, "The user (sub)")->required()->type_name("ID");
    add_duration(*app, "--expires-in", flags->lifetime, "For how long it is good");
    app->add_option("--issuer", flags->issuer, "Who signs it (iss)")->type_name("ISSUER");
    app->add_option("--audience", flags->audience, "Whom it is for (aud)")->type_name("AUDIENCE");
    app->add_option("--claim", flags->claims,
                    "Another claim: NAME=VALUE, where the value is JSON, or else text; may be "
                    "repeated")
        ->type_name("NAME=VALUE");
    app->footer("Example:\n  cresset token make --secret secret --user ada --claim "
                "'rooms=[\"lobby\"]'");
    app->callback([flags, &status] { status = make(*flags); });
}

void add_read(CLI::App& parent, exit_status& status)
{
    const auto flags = std::make_shared<read_flags>();
    CLI::App* const app = parent.add_subcommand(
        "read", "Print what a token says; with keys also whether a server would believe it, and "
                "why not. It exits with 1 then");
    app->add_option("TOKEN", flags->token, "The token; - reads a line of standard input")
        ->required();
    add_jwt_flags(*app, flags->by);
    app->callback([flags, &status] { status = read(*flags); });
}

} // namespace

void add_token(CLI::App& program, exit_status& status)
{
    CLI::App* const app = program.add_subcommand("token", "Make and read JSON Web Tokens");
    app->require_subcommand(1);
    add_make(*app, status);
    add_read(*app, status);
}

} // namespace cresset::cli
