#pragma once

#include "crypto/openssl.hpp"
#include "jwt/algorithm.hpp"
#include "jwt/base64url.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <stdexcept>
#include <string>
#include <string_view>

// Who signs tokens in the tests, over OpenSSL alone: whatever header and payload it is told.
namespace cresset::jwt::tests {

using crypto::openssl_ptr;
using crypto::pkey_ptr;
using bio_ptr = openssl_ptr<BIO, BIO_free_all>;
using ecdsa_sig_ptr = openssl_ptr<ECDSA_SIG, ECDSA_SIG_free>;
using md_ctx_ptr = openssl_ptr<EVP_MD_CTX, EVP_MD_CTX_free>;

inline const unsigned char* octets(std::string_view bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

inline unsigned char* octets(std::string& bytes)
{
    return reinterpret_cast<unsigned char*>(bytes.data());
}

// Made once by openssl genpkey, since making one takes long.
inline constexpr std::string_view rsa_pem = R"(-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCQ9a/kSa7hdmq5
FrKD7/5+qpdsh+fznrXY6x9bZDE8qDboxh4dp5fTShhe0xr8oc9N5QlFevSHdpiK
xWeSh3KnxFX+2h+vstyYpsqTFMFFa0GorkYrF0imevKr/uR2H3hsOIskvj7S/Or/
ylIfDf4gx+gpT21oMbZLWTey9Qc2Z0zTVJ0bfR7AR7t91YihqYWOcEQbf/2WbOLA
s5FLaTIenmALklcXwbXucwTMNBNcPr67NNm0YhVpPnvdub7C6HwFnHL2H+npnYDc
uFThrFV9YFcP67QaWTGD/SeECJLVfyPdlVbQaiNY/d7JzDOhZ8X8WMBpMXDE03eX
8GG3OwR9AgMBAAECggEAQGrl2LGDxQ6t+4ViHC6U7i4Z73FvurvfPL+zphXeqYFp
MUUFUhFNb2ggb1cpyXWQnaF33sf2jZI+1IBH9/44DeS6gG/nH9mAnVeVcwoInzQ8
L90OMoz8zHqbh6JUXUe76H+yGchvO6yIM9Zxavp5YZDkkyMIUAKza0WA8oZfx6Ux
53fzRPJiq9Ok09ODsm6Nr/sVmQKiP8cNo97VYLPimeCSoRn2+4mQONO5Y2NCgm1H
jZVgzMLXpefWutCtBvNhecAWQJqczjalPlNqkFplj7Pr+Do2oWG1U2NhxmkZBELt
weR7QPqNAQDp6iPM1V25aUs7N5RJXBRUKvrwDFog4wKBgQDEoLAH/oK1wC8sWlmN
VN8YqaoupMhIJ4oGp5oWUjhgbtdDCFui43Qvvy4eI0U7jwMfK3UI4hSOHyW1aceF
0VRZf5GosNBj7JI/fFkEdOEnkBZltjqRaYQPfwllsjuqLZoyKJYEqDF53EWinOcZ
RG1Y4//4ljVz36gPus+W0zBbGwKBgQC8uxE9Zs0Hq2eJjF/Kml2y7KtZEEZvwR/K
F5Mdxoa+mvTvs8I4cX686cCw2rk3FLY935UBGaWZCfolDRorsP+K2S7pyUGj4GJU
vK0iZJoCDwwtYILwq2fy1lzPqVTpItn4MPr38JKV4VmdOzrTJNgDwPZvrZzrI+hZ
DdZ519FARwKBgHX8KcSSPqKKsIO/ry60N65X2Gtmq1tIhnUZyscMDRIoUHjDoiDq
tQQVhrnE1j03wlrIu9BZwJXLMNhbocK1ahTODHwZpOHgyZzYo52d+KDBv/7GSvyI
QRr/Uoc4XL7v4C+q1OH0fsOtngdGeRFbUvXc0fK7R1XBZdoScZACJ2jzAoGAETrG
vSNIbn3Qavc8u4NSMIZ4sh3RQFySKWHzlVFNddMxrzxq67o4xshURhEBvayPYqCp
urr7qjgF9SH4FKsI+UUQillMO8i9UV0UNUKX6L4072OTMKOFTt8RBAhCbzI2Ufku
wDnfN/2lr7v7h9EiQ113YgSogbL6gD7KKL9yI/sCgYEAtRNlPCEr2Yd1c2aJ/YrC
5+jfWu9Tod17JmInSlw5UhweTCJUbPKUgZkmyAby+3A08vWtzPcmvo4ZJFsvLEpL
uvtp3B+y758mxQ5sjtdfel9qUZp9ApdeWjloRbP9rcfvvX0nGDeI2157rRx1JaQ1
9gBLITzy5tA2PB2Fg0yWVe8=
-----END PRIVATE KEY-----
)";
inline constexpr std::string_view weak_rsa_pem = R"(-----BEGIN PRIVATE KEY-----
MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBAMI1l0kWVigRHZOf
9Jym9xDDhl+LjsGoYiLpxThDbH7AGieuvnX921zN/D9LdaH55SwK9wn+/iVcOzH6
1J8st3K/2GqIZV6pHwi9aONJMIRtGldZajRAK7JspcJeMXWH32lmyerS0qEAADah
4ubhRQglLJa8OBl9B1CXWUUxtT8vAgMBAAECgYEAt9o4AA7PPVsGnux8i5hcqFgR
a34YhSi8zsRz2hGqMkv19r8su1K5SiAOvnTXRaHm3Ez9FU96lS+9MlF827tfZfGg
Dr0EcKNRC+v/DuCB+BKiXu1vcGIHhCgaIh/ySP9qVAFcp67uf55RZ1sB2k9Upt/2
DBN0UlS//YNiOde8gzECQQDqE7+56PdBS5m0YajwdqL1UnrkOl6zSksJwSkg8t1C
qCbPi2vPt3xf6e3d/50aN5jf5MpIm0xGXF/BtGH9K8qrAkEA1GX39FwlfF4ch+5E
0h3S9SJLKEF6jW8Oiq9pE9T3ra/MU2wtckY8Nz5PYckjkE9SUYPcKHr3pLJXlrQb
t+PdjQJBAJEWuKpVepzgbV9fgUW7Y3rIKyA4Beb/z882CXZA02CztYrDkonn45HX
//awsAJGH933hGLIz9h0/W2lj29Lq40CQEpLUKw8/y+9i6VQhuooXH46fKecH84R
JrkEGnFBcVFjyMj1cgAi6TU5qnK99J6p4FV7Fitit/T4HQMuBPQR1JECQQDp5fGN
GhURSLUol2MP1jQXbjF8OVnnet9/qYqO3RIn4NimRq+7mbvnzCtB4L23glHT45NI
tC9n8GdiJlI3Gd3f
-----END PRIVATE KEY-----
)";

inline pkey_ptr read_pem(std::string_view pem)
{
    const bio_ptr from(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return pkey_ptr(PEM_read_bio_PrivateKey(from.get(), nullptr, nullptr, nullptr));
}

inline std::string text_of(BIO* from)
{
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(from, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

inline std::string public_pem(const pkey_ptr& key)
{
    const bio_ptr to(BIO_new(BIO_s_mem()));
    PEM_write_bio_PUBKEY(to.get(), key.get());
    return text_of(to.get());
}

inline std::string public_der(const pkey_ptr& key)
{
    const bio_ptr to(BIO_new(BIO_s_mem()));
    i2d_PUBKEY_bio(to.get(), key.get());
    return text_of(to.get());
}

inline std::string private_pem(const pkey_ptr& key)
{
    const bio_ptr to(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(to.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(to.get());
}

// r and s of a signature in DER, each in so many bytes.
inline std::string raw_signature(std::string_view der, int size = 32)
{
    const unsigned char* at = octets(der);
    const ecdsa_sig_ptr read(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    std::string raw(static_cast<std::size_t>(size) * 2, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(read.get()), octets(raw), size);
    BN_bn2binpad(ECDSA_SIG_get0_s(read.get()), octets(raw) + size, size);
    return raw;
}

// As OpenSSL makes it: DER, where it is ECDSA.
inline std::string openssl_signature(const pkey_ptr& key, std::string_view text, algorithm by)
{
    const md_ctx_ptr ctx(EVP_MD_CTX_new());
    EVP_PKEY_CTX* options = nullptr;
    const EVP_MD* const digest = by == algorithm::eddsa ? nullptr : EVP_sha256();
    std::string signature(1024, '\0');
    std::size_t size = signature.size();
    const bool made =
        EVP_DigestSignInit(ctx.get(), &options, digest, nullptr, key.get()) == 1 &&
        (by != algorithm::ps256 ||
         (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
          EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1)) &&
        EVP_DigestSign(ctx.get(), octets(signature), &size, octets(text), text.size()) == 1;
    if (!made)
        throw std::runtime_error("OpenSSL does not sign");
    signature.resize(size);
    return signature;
}

inline std::string signature_of(const pkey_ptr& key, std::string_view text, algorithm by)
{
    std::string signature = openssl_signature(key, text, by);
    return by == algorithm::es256 ? raw_signature(signature) : signature;
}

inline std::string hmac(std::string_view secret, std::string_view text)
{
    std::string code(32, '\0');
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), octets(text), text.size(),
         octets(code), nullptr);
    return code;
}

// What comes before the signature.
inline std::string encoded(std::string_view header, std::string_view payload)
{
    return base64url_encode(header) + '.' + base64url_encode(payload);
}

inline std::string with(const std::string& text, std::string_view signature)
{
    return text + '.' + base64url_encode(signature);
}

inline std::string token_of(std::string_view header, std::string_view payload, const pkey_ptr& key,
                            algorithm by)
{
    const std::string text = encoded(header, payload);
    return with(text, signature_of(key, text, by));
}

inline std::string token_of(std::string_view header, std::string_view payload,
                            std::string_view secret)
{
    const std::string text = encoded(header, payload);
    return with(text, hmac(secret, text));
}

// What a verifier of the tests trusts.
struct peers
{
    pkey_ptr rsa = read_pem(rsa_pem);
    pkey_ptr p256{EVP_EC_gen("P-256")};
    pkey_ptr ed25519{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    std::string secret = "a secret of thirty-two bytes, or more";
};

} // namespace cresset::jwt::tests
