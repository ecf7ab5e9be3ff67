#include "crypto/key_agreement.hpp"

#include "crypto/base64.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/random.hpp"

#include <utility>

namespace cresset::crypto {
namespace {

std::span<const unsigned char> octets(std::string_view bytes)
{
    return {reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()};
}

} // namespace

p256::public_key read_public_key(std::string_view base64)
{
    const auto bytes = base64_decode(base64);
    if (!bytes)
        throw crypto_error("the public key is no base64");
    return p256::public_key(octets(*bytes));
}

aes_key agree_on_key(const p256::key_pair& ours, const p256::public_key& theirs,
                     std::string_view salt, std::string_view info)
{
    const p256::shared_secret secret = ours.agree_with(theirs);
    aes_key key;
    hkdf_sha256({secret.data(), secret.size()}, octets(salt), info, {key.data(), key.size()});
    return key;
}

key_agreement::key_agreement(p256::key_pair ours, std::string info)
    : ours_(std::move(ours)),
      public_key_(base64_encode(ours_.public_point())),
      info_(std::move(info))
{}

key_agreement::result key_agreement::with(std::string_view public_key) const
{
    salt_bytes fresh;
    random_fill(fresh);
    const std::string_view bytes(reinterpret_cast<const char*>(fresh.data()), fresh.size());
    return {agree_on_key(ours_, read_public_key(public_key), bytes, info_), base64_encode(fresh)};
}

} // namespace cresset::crypto
