// A JWK Set that is read has few keys, each for a public algorithm and of a size that protects; and
// what is wrong with it never ends the program.

#include "expect.hpp"
#include "jwt/jwks.hpp"

#include <cresset/errors.hpp>
#include <cstdint>
#include <string_view>

namespace {

using namespace cresset;
using fuzz::expect;

void check_key(const jwt::key& key)
{
    expect(key.material->kind() != jwt::key_kind::secret, "no secrets");
    expect(!key.only || key.fits(*key.only), "a key fits the algorithm that it is for");
    const std::size_t size = key.material->signature_size();
    if (key.material->kind() == jwt::key_kind::rsa)
        expect(size >= 256 && size <= 1024, "RSA of 2048 to 8192 bits");
    else
        expect(size == 64, "ES256 and EdDSA of 64 bytes");
}

// Nobody has signed this.
void check_use(const jwt::key& key)
{
    jwt::signed_token token;
    token.text = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA";
    token.signed_text = "eyJhbGciOiJFUzI1NiJ9.e30";
    token.signature.assign(key.material->signature_size(), '\1');
    for (const auto by : {jwt::algorithm::rs256, jwt::algorithm::es256, jwt::algorithm::eddsa})
        expect(!key.has_signed(token, by), "no signature that nobody made");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    jwt::jwks found;
    try {
        found = jwt::read_jwks({reinterpret_cast<const char*>(data), size});
    } catch (const crypto_error&) {
        return 0;
    }
    expect(found.keys.size() + found.skipped.size() <= jwt::jwks_keys_max, "few keys");
    for (const jwt::key& key : found.keys) {
        check_key(key);
        check_use(key);
    }
    return 0;
}
