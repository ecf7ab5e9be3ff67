#pragma once

#include <cresset/errors.hpp>
#include <cresset/export.hpp>
#include <cresset/json.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cresset {

// What is sent as the data of an `encrypted` event: {"iv": iv, "ct": ct}, both base64. It converts
// to a payload and to JSON, and from JSON with data_as.
struct encrypted_payload
{
    std::string iv; // 12 bytes
    std::string ct; // the ciphertext, and 16 bytes of tag
};

CRESSET_EXPORT void tag_invoke(boost::json::value_from_tag, boost::json::value& into,
                               const encrypted_payload& from);
CRESSET_EXPORT encrypted_payload tag_invoke(boost::json::value_to_tag<encrypted_payload>,
                                            const boost::json::value& from);

// The encryption of PROTOCOL.md, section 3, for those who bring their own handshake and outbound
// transform, and for clients: ECDH on P-256, HKDF with SHA-256, AES-256-GCM. It is the counterpart
// of the reference's class of this name, and of WebCrypto in a browser.
//
// All of it from any thread. What fails throws crypto_error. Keys are wiped with their last copy.
class CRESSET_EXPORT ecdh
{
public:
    // A private key with its public half. Copies are the same key.
    class CRESSET_EXPORT key_pair
    {
    public:
        // Base64 of the uncompressed point, for the other side.
        const std::string& public_key() const noexcept;

    private:
        friend class ecdh;
        struct state;
        explicit key_pair(std::shared_ptr<const state> s) : state_(std::move(s)) {}
        std::shared_ptr<const state> state_;
    };

    // Of the other side.
    class CRESSET_EXPORT public_key
    {
    private:
        friend class ecdh;
        struct state;
        explicit public_key(std::shared_ptr<const state> s) : state_(std::move(s)) {}
        std::shared_ptr<const state> state_;
    };

    // What both sides come to. Copies are the same key, and never use an initialisation vector
    // twice.
    class CRESSET_EXPORT aes_key
    {
    private:
        friend class ecdh;
        struct state;
        explicit aes_key(std::shared_ptr<state> s) : state_(std::move(s)) {}
        std::shared_ptr<state> state_;
    };

    struct derived_key
    {
        aes_key key;
        std::string salt; // base64; the other side derives with it
    };

    // The other side has to use the same info; the default is the reference's.
    explicit ecdh(std::string hkdf_info = "ignis-ecdh-p256-aes-256-gcm-v1");

    key_pair generate_key_pair() const;

    // A private key of P-256 in PEM, without a passphrase.
    key_pair import_key_pair(std::string_view pem) const;

    // Base64 of 65 bytes, an uncompressed point of the curve; all else throws.
    public_key import_public_key(std::string_view raw_base64) const;

    // Without a salt (base64, of any length) a random one of 32 bytes is made: one side makes it,
    // the other is told.
    derived_key derive_aes_key(const key_pair& ours, const public_key& theirs,
                               std::optional<std::string_view> salt = std::nullopt) const;

    encrypted_payload encrypt(std::string_view message, const aes_key& key,
                              std::string_view additional_data = {}) const;

    // Throws, always with the same words, for what was not encrypted with that key and that
    // additional data.
    std::string decrypt(const encrypted_payload& message, const aes_key& key,
                        std::string_view additional_data = {}) const;

private:
    std::string hkdf_info_;
};

} // namespace cresset
