#pragma once

#include "crypto/aes_gcm.hpp"
#include "crypto/base64.hpp"
#include "crypto/key_agreement.hpp"
#include "protocol/encrypted_event.hpp"
#include "protocol/json_member.hpp"
#include "support/ws_client.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace cresset::tests {

// The client's side of the built-in encryption (PROTOCOL.md, section 3, and docs/encryption.md), on
// a connection of the test's.
class encrypted_client
{
public:
    // Authenticates as the user, and takes `connected`.
    encrypted_client(ws_client c, std::string_view user, std::string_view capabilities = {})
        : client(std::move(c))
    {
        std::string credentials = R"({"user":")" + std::string(user) + R"(","publicKey":")" +
                                  crypto::base64_encode(keys_.public_point()) + '"';
        if (!capabilities.empty())
            credentials.append(R"(,"capabilities":)").append(capabilities);
        client.emit("authenticate", credentials + '}');
        connected = client.text();
        const std::string_view data = protocol::find_member(connected, "data");
        const auto server_key = protocol::read_string_member(data, "serverPublicKey");
        const auto salt = protocol::read_string_member(data, "salt");
        if (!server_key || !salt)
            throw std::runtime_error("not connected: " + connected);
        client.id =
            base::client_id::parse(protocol::read_string_member(data, "id").value()).value();
        cipher_.emplace(crypto::agree_on_key(keys_, crypto::read_public_key(*server_key),
                                             crypto::base64_decode(*salt).value(),
                                             crypto::default_hkdf_info));
    }

    // An `encrypted` event, with a number where one is given.
    std::string seal(std::string_view envelope, std::optional<std::uint64_t> number = {})
    {
        std::string sealed(envelope.size() + crypto::tag_size, '\0');
        auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
        const crypto::gcm_iv& iv = ivs_.next();
        cipher_->seal(iv, number ? "client:" + std::to_string(*number) : "", envelope, out);
        return R"({"event":"encrypted","data":{"iv":")" + crypto::base64_encode(iv) +
               R"(","ct":")" + crypto::base64_encode({out, sealed.size()}) + '"' +
               (number ? ",\"n\":" + std::to_string(*number) : "") + "}}";
    }

    void say(std::string_view envelope) { client.send_text(seal(envelope)); }

    // The envelope in the next message, however it was encrypted; else the message, with "plain "
    // before it. A key of a room is kept.
    std::string next()
    {
        const std::string text = client.text();
        if (protocol::read_string_member(text, "event") != "encrypted")
            return "plain " + text;
        const std::string_view data = protocol::find_member(text, "data");
        const auto sealed = protocol::read_encrypted_data(data).value();
        last_number = sealed.number;
        std::string envelope;
        if (const auto room = protocol::read_string_member(data, "room")) {
            last_key = std::string(protocol::find_member(data, "key"));
            crypto::aes_gcm cipher(room_keys_.at(*room + ' ' + last_key));
            envelope = open(cipher, sealed,
                            "room:" + last_key + ':' + std::to_string(sealed.number.value()));
            return "room " + envelope;
        }
        envelope =
            open(*cipher_, sealed, sealed.number ? "server:" + std::to_string(*sealed.number) : "");
        if (protocol::read_string_member(envelope, "event") == "room-key")
            return keep_key(protocol::find_member(envelope, "data"));
        return envelope;
    }

    ws_client client;
    std::string connected;
    std::string last_key; // of a room
    std::optional<std::uint64_t> last_number;

private:
    static std::string open(crypto::aes_gcm& cipher, const protocol::encrypted_data& data,
                            const std::string& additional)
    {
        crypto::gcm_iv iv;
        std::ranges::copy(crypto::base64_decode(data.iv).value(), iv.begin());
        const std::string sealed = crypto::base64_decode(data.ct).value();
        std::string envelope(sealed.size() - crypto::tag_size, '\0');
        return cipher.open(iv, additional, sealed, envelope.data()) ? envelope : "undecryptable";
    }

    std::string keep_key(std::string_view data)
    {
        const std::string secret =
            crypto::base64_decode(protocol::read_string_member(data, "secret").value()).value();
        const std::string name = protocol::read_string_member(data, "room").value() + ' ' +
                                 std::string(protocol::find_member(data, "key"));
        crypto::aes_key key;
        std::ranges::copy(secret, key.data());
        room_keys_.insert_or_assign(name, std::move(key));
        return "key of " + name;
    }

    crypto::p256::key_pair keys_;
    crypto::iv_sequence ivs_;
    std::optional<crypto::aes_gcm> cipher_;
    std::map<std::string, crypto::aes_key> room_keys_;
};

} // namespace cresset::tests
