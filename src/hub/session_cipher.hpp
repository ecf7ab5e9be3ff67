#pragma once

#include "crypto/aes_gcm.hpp"
#include "net/segment.hpp"
#include "protocol/encrypted_event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cresset::hub {

// The built-in encryption of one client's session (PROTOCOL.md, section 3): its key, and what has
// to be remembered of what was sent. Its shard's thread alone.
class session_cipher
{
public:
    // numbered: both sides count their messages, so that one that comes again or late is noticed
    // (docs/encryption.md).
    session_cipher(crypto::aes_key key, bool numbered) noexcept
        : key_(std::move(key)), numbered_(numbered)
    {}

    // The frame of an `encrypted` event that holds the envelope.
    net::segment_ref seal(std::string_view envelope, std::string& scratch);

    // False if the client didn't encrypt that, or not now.
    [[nodiscard]] bool open(const protocol::encrypted_data& data, std::string& scratch,
                            std::string& envelope);

    // What was opened last has been dealt with: it is not taken again.
    void accept() noexcept { ++received_; }

    // Called now and then: gives back what a session that is in use keeps ready.
    void rest() noexcept;

private:
    crypto::aes_gcm& ready();

    crypto::aes_key key_;
    crypto::iv_sequence ivs_;
    bool numbered_;
    bool used_ = false; // since the last rest
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
    std::optional<crypto::aes_gcm> cipher_; // some 900 bytes, while in use
};

} // namespace cresset::hub
