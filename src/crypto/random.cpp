#include "crypto/random.hpp"

#include "crypto/openssl.hpp"

#include <openssl/rand.h>

namespace cresset::crypto {

void random_fill(std::span<unsigned char> bytes)
{
    must(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "make random bytes");
}

} // namespace cresset::crypto
