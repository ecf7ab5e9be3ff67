#pragma once

#include <openssl/evp.h>

#include <cresset/errors.hpp>
#include <memory>

namespace cresset::crypto {

// Owners of OpenSSL's objects.
template <auto Free>
struct openssl_deleter
{
    template <typename T>
    void operator()(T* object) const noexcept
    {
        Free(object);
    }
};

template <typename T, auto Free>
using openssl_ptr = std::unique_ptr<T, openssl_deleter<Free>>;

using pkey_ptr = openssl_ptr<EVP_PKEY, EVP_PKEY_free>;
using pkey_ctx_ptr = openssl_ptr<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using cipher_ctx_ptr = openssl_ptr<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

// For what fails only where memory or the library itself does; what a peer sent has errors of its
// own. Throws crypto_error.
inline void must(bool held, const char* what)
{
    if (!held)
        throw crypto_error(std::string("OpenSSL can't ") + what);
}

} // namespace cresset::crypto
