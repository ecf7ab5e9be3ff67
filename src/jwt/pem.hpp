#pragma once

#include "jwt/key.hpp"

#include <string>
#include <string_view>

namespace cresset::jwt {

// One key in PEM: RSA of 2048 to 8192 bits, EC on P-256, or Ed25519. Both throw crypto_error with
// what is wrong, which never shows the key.

// PUBLIC KEY, to verify by. A private key in its place is refused: it belongs where tokens are
// signed.
key read_public_pem(std::string_view text, std::string id = {});

// PRIVATE KEY (also RSA PRIVATE KEY, EC PRIVATE KEY), without a passphrase, to sign by.
key read_private_pem(std::string_view text, std::string id = {});

} // namespace cresset::jwt
