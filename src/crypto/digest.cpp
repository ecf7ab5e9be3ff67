#include "crypto/digest.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace cresset::crypto {

sha1_digest sha1(std::string_view bytes)
{
    sha1_digest digest;
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1 ||
        size != digest.size()) {
        throw std::runtime_error("OpenSSL refuses SHA-1, which the WebSocket handshake needs");
    }
    return digest;
}

sha256_digest sha256(std::string_view bytes)
{
    sha256_digest digest;
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1 ||
        size != digest.size())
        throw std::runtime_error("OpenSSL refuses SHA-256");
    return digest;
}

} // namespace cresset::crypto
