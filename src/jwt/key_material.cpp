#include "jwt/key_material.hpp"

#include <openssl/crypto.h>

namespace cresset::jwt {

private_number::~private_number()
{
    OPENSSL_cleanse(bytes.data(), bytes.size());
}

} // namespace cresset::jwt
