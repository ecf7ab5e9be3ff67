#include "crypto/base64.hpp"

#include <openssl/evp.h>

namespace cresset::crypto {

std::string base64_encode(std::span<const unsigned char> bytes)
{
    // EVP_EncodeBlock ends its output with a NUL, which lands in the string's own terminator.
    std::string text((bytes.size() + 2) / 3 * 4, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                    static_cast<int>(bytes.size()));
    return text;
}

} // namespace cresset::crypto
