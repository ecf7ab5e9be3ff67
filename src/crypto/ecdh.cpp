#include "crypto/aes_gcm.hpp"
#include "crypto/base64.hpp"
#include "crypto/key_agreement.hpp"
#include "crypto/random.hpp"

#include <algorithm>
#include <cresset/crypto.hpp>
#include <mutex>
#include <utility>

namespace cresset {

struct ecdh::key_pair::state
{
    explicit state(crypto::p256::key_pair made)
        : pair(std::move(made)), public_key(crypto::base64_encode(pair.public_point()))
    {}

    crypto::p256::key_pair pair;
    std::string public_key;
};

struct ecdh::public_key::state
{
    crypto::p256::public_key key;
};

struct ecdh::aes_key::state
{
    explicit state(const crypto::aes_key& key) : cipher(key) {}

    std::mutex mutex;
    crypto::aes_gcm cipher;  // under mutex
    crypto::iv_sequence ivs; // under mutex
};

void tag_invoke(boost::json::value_from_tag, boost::json::value& into,
                const encrypted_payload& from)
{
    into = {{"iv", from.iv}, {"ct", from.ct}};
}

encrypted_payload tag_invoke(boost::json::value_to_tag<encrypted_payload>,
                             const boost::json::value& from)
{
    return {boost::json::value_to<std::string>(from.at("iv")),
            boost::json::value_to<std::string>(from.at("ct"))};
}

const std::string& ecdh::key_pair::public_key() const noexcept
{
    return state_->public_key;
}

ecdh::ecdh(std::string hkdf_info) : hkdf_info_(std::move(hkdf_info)) {}

ecdh::key_pair ecdh::generate_key_pair() const
{
    return key_pair(std::make_shared<const key_pair::state>(crypto::p256::key_pair()));
}

ecdh::key_pair ecdh::import_key_pair(std::string_view pem) const
{
    return key_pair(std::make_shared<const key_pair::state>(crypto::p256::key_pair(pem)));
}

ecdh::public_key ecdh::import_public_key(std::string_view raw_base64) const
{
    return public_key(std::make_shared<const public_key::state>(
        public_key::state{crypto::read_public_key(raw_base64)}));
}

ecdh::derived_key ecdh::derive_aes_key(const key_pair& ours, const public_key& theirs,
                                       std::optional<std::string_view> salt) const
{
    std::string bytes;
    if (!salt) {
        bytes.resize(sizeof(crypto::salt_bytes));
        crypto::random_fill({reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()});
    } else if (!crypto::base64_decode(*salt, bytes)) {
        throw crypto_error("the salt is no base64");
    }
    const crypto::aes_key key =
        crypto::agree_on_key(ours.state_->pair, theirs.state_->key, bytes, hkdf_info_);
    return {aes_key(std::make_shared<aes_key::state>(key)),
            crypto::base64_encode(
                {reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()})};
}

encrypted_payload ecdh::encrypt(std::string_view message, const aes_key& key,
                                std::string_view additional_data) const
{
    std::string sealed(message.size() + crypto::tag_size, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
    crypto::gcm_iv iv;
    {
        const std::lock_guard lock(key.state_->mutex);
        iv = key.state_->ivs.next();
        key.state_->cipher.seal(iv, additional_data, message, out);
    }
    return {crypto::base64_encode(iv), crypto::base64_encode({out, sealed.size()})};
}

std::string ecdh::decrypt(const encrypted_payload& message, const aes_key& key,
                          std::string_view additional_data) const
{
    std::string iv;
    std::string sealed;
    if (crypto::base64_decode(message.iv, iv) && iv.size() == crypto::iv_size &&
        crypto::base64_decode(message.ct, sealed) && sealed.size() >= crypto::tag_size) {
        crypto::gcm_iv from;
        std::ranges::copy(iv, from.begin());
        std::string plaintext(sealed.size() - crypto::tag_size, '\0');
        const std::lock_guard lock(key.state_->mutex);
        if (key.state_->cipher.open(from, additional_data, sealed, plaintext.data()))
            return plaintext;
    }
    throw crypto_error("the message can't be decrypted");
}

} // namespace cresset
