// Attacks on what verifies a token: the algorithm, the key, and who names it.

#include "attacks.hpp"

namespace cresset::jwt::tests {

void attacks::algorithms()
{
    for (const std::string alg : {"none", "None", "NONE", "nOnE", "none ", ""}) {
        const std::string text = encoded(R"({"alg":")" + alg + "\"}", good_claims);
        add("alg " + alg + " without a signature", text + '.', refusal::malformed);
        add("alg " + alg + " with some signature", text + ".AAAA", refusal::algorithm_not_allowed);
    }
    for (const std::string alg :
         {"es256", "ES256 ", "ES256\\u0000", "ES384", "ES256K", "HS512", "Ed25519", "RSA1_5", "dir",
          "https://www.w3.org/2000/09/xmldsig#hmac-sha1"})
        add("alg " + alg, issued(R"({"alg":")" + alg + "\"}"), refusal::algorithm_not_allowed);
    add("alg missing", issued("{}"), refusal::malformed);
    add("alg null", issued(R"({"alg":null})"), refusal::malformed);
    add("alg array", issued(R"({"alg":["ES256"]})"), refusal::malformed);
}

// What everybody knows, as a secret.
void attacks::confusions()
{
    for (const auto& [name, key] :
         {std::pair("rsa", &issuer.rsa), {"p256", &issuer.p256}, {"ed25519", &issuer.ed25519}}) {
        const std::string pem = public_pem(*key);
        const std::string header = R"({"alg":"HS256","kid":")" + std::string(name) + "\"}";
        const std::string what = std::string("HS256 with the public key ") + name;
        add(what + " in PEM", token_of(header, good_claims, pem), refusal::algorithm_not_allowed);
        add(what + " in PEM, no line end",
            token_of(header, good_claims, pem.substr(0, pem.size() - 1)),
            refusal::algorithm_not_allowed);
        add(what + " in DER", token_of(header, good_claims, public_der(*key)),
            refusal::algorithm_not_allowed);
        add(what + " without an id", token_of(R"({"alg":"HS256"})", good_claims, pem),
            refusal::bad_signature);
    }
    add("HS256 with an empty secret",
        token_of(R"({"alg":"HS256"})", good_claims, std::string_view("")), refusal::bad_signature);
    add("HS256 with secret's id as secret",
        token_of(R"({"alg":"HS256","kid":"secret"})", good_claims, "secret"),
        refusal::bad_signature);
}

void attacks::keys_in_headers()
{
    std::string raw(65, '\0');
    std::size_t size = 0;
    EVP_PKEY_get_octet_string_param(own_.get(), "pub", octets(raw), raw.size(), &size);
    const std::string jwk = R"({"kty":"EC","crv":"P-256","x":")" +
                            base64url_encode(raw.substr(1, 32)) + R"(","y":")" +
                            base64url_encode(raw.substr(33)) + "\"}";
    const auto header = [](const std::string& more) { return R"({"alg":"ES256",)" + more + "}"; };
    add("jwk of the attacker", by_attacker(header(R"("jwk":)" + jwk)), refusal::bad_signature);
    add("jwk, and the issuer's kid", by_attacker(header(R"("kid":"p256","jwk":)" + jwk)),
        refusal::bad_signature);
    add("jku", by_attacker(header(R"("jku":"https://evil.example/jwks","kid":"x")")),
        refusal::unknown_key);
    add("jku of a file", by_attacker(header(R"("jku":"file:///dev/null")")),
        refusal::bad_signature);
    add("x5u", by_attacker(header(R"("x5u":"https://evil.example/cert")")), refusal::bad_signature);
    add("x5c", by_attacker(header(R"("x5c":["MIIB"])")), refusal::bad_signature);
    add("jwk with a secret",
        token_of(R"({"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}})", good_claims,
                 std::string_view("\0\0\0", 3)),
        refusal::bad_signature);
}

void attacks::key_ids()
{
    for (const std::string id :
         {"../../dev/null", "/dev/null", "p256' UNION SELECT 'k", "p256\\u0000", "p256|id", "P256",
          " p256", "http://evil.example/k", "\\u0440256", "p\\u0432256", "__proto__", ""})
        add("kid " + id,
            token_of(R"({"alg":"HS256","kid":")" + id + "\"}", good_claims, std::string_view("")),
            refusal::unknown_key);
    add("kid of 4 KB", by_attacker(R"({"alg":"ES256","kid":")" + std::string(4096, 'k') + "\"}"),
        refusal::unknown_key);
    add("kid number", issued(R"({"alg":"ES256","kid":0})"), refusal::malformed);
    add("kid null", issued(R"({"alg":"ES256","kid":null})"), refusal::malformed);
}

} // namespace cresset::jwt::tests
