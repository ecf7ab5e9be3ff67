#include "jwt/jwks.hpp"

#include "jwt/base64url.hpp"
#include "jwt/strict_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cresset/errors.hpp>

namespace cresset::jwt {
namespace {

namespace json = boost::json;

// Empty if it is missing, or no string; which no member may be that is asked for here.
std::string_view text_of(const json::object& jwk, std::string_view name)
{
    const json::value* const found = jwk.if_contains(name);
    return found && found->is_string() ? std::string_view(found->get_string()) : "";
}

std::string bytes_of(const json::object& jwk, std::string_view name)
{
    auto bytes = base64url_decode(text_of(jwk, name));
    if (!bytes)
        throw crypto_error("a number that is missing, or no base64url");
    return *std::move(bytes);
}

key_material_ptr read_rsa(const json::object& jwk)
{
    rsa_numbers numbers;
    numbers.n = bytes_of(jwk, "n");
    numbers.e = bytes_of(jwk, "e");
    return make_rsa(numbers);
}

key_material_ptr read_ec(const json::object& jwk)
{
    if (text_of(jwk, "crv") != "P-256")
        throw crypto_error("an EC key of another curve than P-256");
    p256_numbers numbers;
    numbers.x = bytes_of(jwk, "x");
    numbers.y = bytes_of(jwk, "y");
    return make_p256(numbers);
}

key_material_ptr read_okp(const json::object& jwk)
{
    if (text_of(jwk, "crv") != "Ed25519")
        throw crypto_error("a key of another curve than Ed25519");
    return make_ed25519(bytes_of(jwk, "x"));
}

key_material_ptr read_material(const json::object& jwk)
{
    const std::string_view kind = text_of(jwk, "kty");
    if (kind == "oct")
        throw crypto_error("a secret, which is none in a document like this");
    if (jwk.contains("d"))
        throw crypto_error("a private key, which is none in a document like this");
    if (kind == "RSA")
        return read_rsa(jwk);
    if (kind == "EC")
        return read_ec(jwk);
    if (kind == "OKP")
        return read_okp(jwk);
    throw crypto_error("a key of an unknown kind");
}

// RFC 7517, sections 4.2 and 4.3. Both may be there.
void check_use(const json::object& jwk)
{
    if (jwk.contains("use") && text_of(jwk, "use") != "sig")
        throw crypto_error("a key for another use than signatures");
    const json::value* const operations = jwk.if_contains("key_ops");
    if (!operations)
        return;
    const json::array* const list = operations->if_array();
    if (!list || std::ranges::find(*list, json::value("verify")) == list->end())
        throw crypto_error("a key for other operations than to verify");
}

// RFC 7517, section 4.4.
std::optional<algorithm> read_algorithm(const json::object& jwk, key_kind kind)
{
    if (!jwk.contains("alg"))
        return std::nullopt;
    const auto named = algorithm_named(text_of(jwk, "alg"));
    if (!named || kind_for(*named) != kind)
        throw crypto_error("a key for another algorithm");
    return named;
}

key read_key(const json::value& value)
{
    const json::object* const jwk = value.if_object();
    if (!jwk)
        throw crypto_error("no object");
    check_use(*jwk);
    if (jwk->contains("kid") && text_of(*jwk, "kid").empty())
        throw crypto_error("a key whose id is no text");
    key found;
    found.material = read_material(*jwk);
    found.id = text_of(*jwk, "kid");
    found.only = read_algorithm(*jwk, found.material->kind());
    return found;
}

const json::array& keys_of(const json::object& document)
{
    const json::value* const keys = document.if_contains("keys");
    if (!keys || !keys->is_array())
        throw crypto_error("a JWK Set is an object with an array of keys");
    if (keys->get_array().size() > jwks_keys_max)
        throw crypto_error("a JWK Set has at most " + std::to_string(jwks_keys_max) + " keys");
    return keys->get_array();
}

} // namespace

jwks read_jwks(std::string_view text)
{
    if (text.size() > jwks_bytes_max)
        throw crypto_error("a JWK Set has at most " + std::to_string(jwks_bytes_max) + " bytes");
    const auto document = parse_object(text);
    if (!document)
        throw crypto_error("a JWK Set is one JSON object, in which no name comes twice");
    jwks read;
    std::size_t number = 0;
    for (const json::value& each : keys_of(*document)) {
        ++number;
        try {
            read.keys.push_back(read_key(each));
        } catch (const crypto_error& error) {
            read.skipped.push_back("key " + std::to_string(number) + ": " + error.what());
        }
    }
    return read;
}

} // namespace cresset::jwt
