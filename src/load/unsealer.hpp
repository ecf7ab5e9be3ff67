#pragma once

#include "crypto/aes_gcm.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cresset::load {

// Decrypts the `encrypted` events of clients (PROTOCOL.md, section 3), each under its own key.
// One thread's.
class unsealer
{
public:
    // The envelope inside, valid until the next call; nothing if the text is no `encrypted` event,
    // or was not sealed with this key.
    std::optional<std::string_view> open(const crypto::aes_key& key, std::string_view text);

private:
    crypto::aes_gcm cipher_;
    std::string iv_;
    std::string sealed_;
    std::string envelope_;
};

// What an `encrypted` event begins with.
bool is_encrypted(std::string_view text) noexcept;

} // namespace cresset::load
