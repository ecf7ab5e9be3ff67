#include "standalone/api_keys.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <openssl/crypto.h>

#include <stdexcept>
#include <utility>

namespace cresset::standalone {
namespace {

constexpr std::size_t characters_min = 32;

// What stands behind "Bearer "; empty without, or where there are several.
std::string_view token_of(const http::request& asked)
{
    constexpr std::string_view scheme = "Bearer ";
    const std::string* const header = asked.find("Authorization");
    if (!header || asked.count("Authorization") != 1 ||
        !boost::algorithm::istarts_with(*header, scheme))
        return {};
    return std::string_view(*header).substr(scheme.size());
}

} // namespace

api_key::api_key(std::string called, api_scopes good_for, std::string_view text)
    : name(std::move(called)), scopes(good_for), digest(crypto::sha256(text))
{
    if (text.size() < characters_min)
        throw std::invalid_argument("has fewer than 32 characters: `openssl rand -hex 32` makes "
                                    "a key");
    if (text.find_first_of(" \t\r\n") != std::string_view::npos)
        throw std::invalid_argument("has a space or a line end within");
}

api_scopes read_scopes(std::string_view text)
{
    api_scopes scopes;
    for (;;) {
        const std::size_t plus = text.find('+');
        const std::string_view name = text.substr(0, plus);
        if (name == "emit")
            scopes.emit = true;
        else if (name == "manage")
            scopes.manage = true;
        else if (name == "read")
            scopes.read = true;
        else
            throw std::invalid_argument('"' + std::string(name) +
                                        "\" is no scope: emit, manage, read, or several as "
                                        "emit+read");
        if (plus == std::string_view::npos)
            return scopes;
        text.remove_prefix(plus + 1);
    }
}

const api_key* api_keys::find(const http::request& asked) const
{
    const std::string_view token = token_of(asked);
    if (token.empty())
        return nullptr;
    const crypto::sha256_digest digest = crypto::sha256(token);
    const api_key* found = nullptr;
    for (const api_key& each : known_)
        if (CRYPTO_memcmp(each.digest.data(), digest.data(), digest.size()) == 0)
            found = &each;
    return found;
}

} // namespace cresset::standalone
