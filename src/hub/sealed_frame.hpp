#pragma once

#include "crypto/aes_gcm.hpp"
#include "crypto/base64.hpp"
#include "net/segment.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace cresset::hub {

// What encrypting and decrypting take besides keys: one for all of a shard's.
struct sealing_tools
{
    crypto::aes_gcm cipher;
    std::string scratch;
};

// The frame of an `encrypted` event that holds an envelope, in one pass: encrypted into the
// scratch, and from there as base64 into the segment that is sent.
//
//   {"event":"encrypted","data":{"iv":"...","ct":"..." and then what is behind: }} at least
struct sealed_frame
{
    const crypto::aes_key& key;
    const crypto::gcm_iv& iv;
    std::string_view additional;
    std::string_view envelope;
    std::string_view before; // up to the quote before the iv
    std::string_view behind; // from behind the quote after ct

    net::segment_ref write(sealing_tools& with) const;
};

inline constexpr std::string_view before_sealed = R"({"event":"encrypted","data":{"iv":")";
inline constexpr std::string_view behind_sealed = "}}";

// The frame of a session's `encrypted` event is no larger: what is around the ciphertext, with the
// frame's header and a number, takes under 128 bytes.
constexpr std::size_t sealed_size_max(std::size_t envelope_size) noexcept
{
    return crypto::base64_size(envelope_size + crypto::tag_size) + 128;
}

} // namespace cresset::hub
