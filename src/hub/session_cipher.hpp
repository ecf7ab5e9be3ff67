#pragma once

#include "crypto/aes_gcm.hpp"
#include "hub/sealed_frame.hpp"
#include "net/segment.hpp"
#include "protocol/encrypted_event.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace cresset::hub {

// The built-in encryption of one client's session (PROTOCOL.md, section 3): its key, and what has
// to be remembered of what was sent. Its shard's thread alone.
class session_cipher
{
public:
    // numbered: both sides count their messages, so that one that comes again or late is noticed
    // (docs/encryption.md).
    session_cipher(crypto::aes_key key, bool numbered) : key_(std::move(key)), numbered_(numbered)
    {}

    bool numbered() const noexcept { return numbered_; }

    // The frame of an `encrypted` event that holds the envelope. Where OpenSSL can't encrypt, the
    // process ends: there is nothing else to send.
    net::segment_ref seal(std::string_view envelope, sealing_tools& with) noexcept;

    // False if the client didn't encrypt that, or not now.
    [[nodiscard]] bool open(const protocol::encrypted_data& data, sealing_tools& with,
                            std::string& envelope) const;

    // What was opened last has been dealt with: it is not taken again.
    void accept() noexcept { ++received_; }

private:
    crypto::aes_key key_;
    crypto::iv_sequence ivs_;
    bool numbered_;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
};

} // namespace cresset::hub
