#pragma once

#include "crypto/openssl.hpp"
#include "crypto/secret.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cresset::crypto {

// AES-256-GCM (NIST SP 800-38D) with initialisation vectors of 12 bytes and tags of 16.

using aes_key = secret<32>;

inline constexpr std::size_t iv_size = 12;
inline constexpr std::size_t tag_size = 16;
using gcm_iv = std::array<unsigned char, iv_size>;

// Vectors that never repeat: random at first, and then counted in their last 8 bytes. That two
// sequences under one key, both ends' say, share one of a billion each is as likely as 1 in 2^65.
class iv_sequence
{
public:
    iv_sequence();
    const gcm_iv& next() noexcept;

private:
    gcm_iv iv_;
};

// A key ready for use, both ways. Some 900 bytes, so one may be used for many keys, one after the
// other: that costs 0.1 us each time. One thread's at a time.
class aes_gcm
{
public:
    aes_gcm();
    explicit aes_gcm(const aes_key& key);

    // From here on with this key.
    void use(const aes_key& key);

    // Writes plaintext.size() + tag_size bytes: the ciphertext, and the tag behind it.
    void seal(const gcm_iv& iv, std::string_view additional, std::string_view plaintext,
              unsigned char* out);

    // Writes sealed.size() - tag_size bytes. False if it is not what was sealed with this key,
    // vector and additional data; then nothing written may be used.
    [[nodiscard]] bool open(const gcm_iv& iv, std::string_view additional, std::string_view sealed,
                            char* out);

private:
    void begin(const gcm_iv& iv, std::string_view additional, bool seals);

    cipher_ctx_ptr ctx_;
};

} // namespace cresset::crypto
