#include "crypto/hkdf.hpp"

#include "crypto/openssl.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

namespace cresset::crypto {
namespace {

using kdf_ptr = openssl_ptr<EVP_KDF, EVP_KDF_free>;
using kdf_ctx_ptr = openssl_ptr<EVP_KDF_CTX, EVP_KDF_CTX_free>;

OSSL_PARAM parameter(const char* name, const void* bytes, std::size_t size)
{
    return OSSL_PARAM_construct_octet_string(name, const_cast<void*>(bytes), size);
}

} // namespace

void hkdf_sha256(std::span<const unsigned char> key, std::span<const unsigned char> salt,
                 std::string_view info, std::span<unsigned char> out)
{
    static const kdf_ptr kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr)); // looked up once
    const kdf_ctx_ptr ctx(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
    char digest[] = "SHA256";
    const OSSL_PARAM parts[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                                parameter(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
                                parameter(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()),
                                parameter(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
                                OSSL_PARAM_construct_end()};
    must(ctx && EVP_KDF_derive(ctx.get(), out.data(), out.size(), parts) == 1, "derive a key");
}

} // namespace cresset::crypto
