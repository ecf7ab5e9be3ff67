// Attacks on signatures: of another token, in another form, made from what a lax check lets
// through.

#include "attacks.hpp"

namespace cresset::jwt::tests {
namespace {

using namespace std::string_literals;

// The same S, modulo the order: another text for the same signature (RFC 8032, section 5.1.7).
std::string with_order_added(std::string signature)
{
    static const std::string order =
        "\xed\xd3\xf5\x5c\x1a\x63\x12\x58\xd6\x9c\xf7\xa2\xde\xf9\xde\x14"s +
        std::string(15, '\0') + '\x10';
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        carry +=
            static_cast<unsigned char>(signature[32 + i]) + static_cast<unsigned char>(order[i]);
        signature[32 + i] = static_cast<char>(carry & 0xff);
        carry >>= 8;
    }
    return signature;
}

} // namespace

void attacks::signatures()
{
    const std::string good = issued_claims(good_claims);
    const std::string text = good.substr(0, good.rfind('.'));
    const std::string signature = good.substr(good.rfind('.') + 1);
    add("stripped signature", text, refusal::malformed);
    add("empty signature", text + '.', refusal::malformed);
    add("truncated signature", with(text, base64url_decode(signature)->substr(0, 63)),
        refusal::bad_signature);
    add("longer signature", good + "AAAA", refusal::bad_signature);
    add("changed payload",
        encoded(R"({"alg":"ES256","kid":"p256"})", replaced(good_claims, "ada", "eve")) + '.' +
            signature,
        refusal::bad_signature);
    add("changed header", encoded(R"({"alg":"ES256"})", good_claims) + '.' + signature,
        refusal::bad_signature);
    const std::string other = issued_claims(R"({"sub":"eve"})");
    add("signature of another token", text + other.substr(other.rfind('.')),
        refusal::bad_signature);
    add("signed by the attacker", by_attacker(R"({"alg":"ES256","kid":"p256"})"),
        refusal::bad_signature);
}

void attacks::ecdsa()
{
    const std::string text = encoded(R"({"alg":"ES256","kid":"p256"})", good_claims);
    const std::string zeros(32, '\0');
    std::string one = zeros;
    one.back() = '\1';
    const std::string order = "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
                              "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51"s;
    add("ES256, r and s zero", with(text, zeros + zeros), refusal::bad_signature);
    add("ES256, r zero", with(text, zeros + one), refusal::bad_signature);
    add("ES256, s zero", with(text, one + zeros), refusal::bad_signature);
    add("ES256, r and s the order", with(text, order + order), refusal::bad_signature);
    add("ES256, r the order, s one", with(text, order + one), refusal::bad_signature);
    const std::string der = openssl_signature(issuer.p256, text, algorithm::es256);
    add("ES256 in DER", with(text, der), refusal::bad_signature);
    const std::string raw = signature_of(issuer.p256, text, algorithm::es256);
    add("ES256, halves of 33 bytes", with(text, '\0' + raw.substr(0, 32) + '\0' + raw.substr(32)),
        refusal::bad_signature);
    add("ES256, s and r", with(text, raw.substr(32) + raw.substr(0, 32)), refusal::bad_signature);
    const pkey_ptr p384(EVP_EC_gen("P-384"));
    const std::string wide = openssl_signature(p384, text, algorithm::es256);
    add("ES256 of P-384", with(text, raw_signature(wide, 48)), refusal::bad_signature);
    const pkey_ptr k256(EVP_EC_gen("secp256k1"));
    add("ES256 of secp256k1",
        with(text, raw_signature(openssl_signature(k256, text, algorithm::es256))),
        refusal::bad_signature);
}

void attacks::rsa()
{
    const auto text = [](std::string_view alg) {
        return encoded(R"({"alg":")" + std::string(alg) + R"(","kid":"rsa"})", good_claims);
    };
    add("RS256 signature under PS256",
        with(text("PS256"), signature_of(issuer.rsa, text("PS256"), algorithm::rs256)),
        refusal::bad_signature);
    add("PS256 signature under RS256",
        with(text("RS256"), signature_of(issuer.rsa, text("RS256"), algorithm::ps256)),
        refusal::bad_signature);
    for (const std::string alg : {"RS256", "PS256"}) {
        add(alg + ", zeros", with(text(alg), std::string(256, '\0')), refusal::bad_signature);
        std::string one(256, '\0');
        one.back() = '\1';
        add(alg + ", one", with(text(alg), one), refusal::bad_signature);
        add(alg + ", more than the modulus", with(text(alg), std::string(256, '\xff')),
            refusal::bad_signature);
        const std::string good = signature_of(issuer.rsa, text(alg),
                                              alg == "RS256" ? algorithm::rs256 : algorithm::ps256);
        add(alg + ", a zero in front", with(text(alg), '\0' + good), refusal::bad_signature);
    }
    // The padding itself, which a key with the exponent 1 or a lax check would take.
    add("RS256, bare padding",
        with(text("RS256"),
             std::string("\0\1", 2) + std::string(221, '\xff') + std::string(33, '\0')),
        refusal::bad_signature);
    add("RS256 of a weak key",
        with(text("RS256"), signature_of(read_pem(weak_rsa_pem), text("RS256"), algorithm::rs256)),
        refusal::bad_signature);
}

void attacks::eddsa()
{
    const std::string text = encoded(R"({"alg":"EdDSA","kid":"ed25519"})", good_claims);
    const std::string good = signature_of(issuer.ed25519, text, algorithm::eddsa);
    for (const std::size_t size : {1u, 32u, 63u})
        add("EdDSA of " + std::to_string(size) + " bytes", with(text, good.substr(0, size)),
            refusal::bad_signature);
    add("EdDSA of 65 bytes", with(text, good + '\0'), refusal::bad_signature);
    add("EdDSA of Ed448 length", with(text, good + std::string(50, '\0')), refusal::bad_signature);
    add("EdDSA, zeros", with(text, std::string(64, '\0')), refusal::bad_signature);
    std::string identity(64, '\0'); // R is the neutral point, S is zero
    identity[0] = '\1';
    add("EdDSA, neutral point", with(text, identity), refusal::bad_signature);
    add("EdDSA, S beyond the order", with(text, with_order_added(good)), refusal::bad_signature);
}

} // namespace cresset::jwt::tests
