#pragma once

#include "jwt/key_material.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cresset::jwt {

// One key, and what it is for. Cheap to copy; any number of threads may use it.
struct key
{
    key_material_ptr material;
    std::string id;                // `kid`; empty: none
    std::optional<algorithm> only; // `alg` of a JWK: for no other, though its kind would do

    bool fits(algorithm by) const noexcept;

    // Whether the token was signed with this key by that algorithm.
    bool has_signed(const signed_token& token, algorithm by) const;
};

// A secret for HS256, raw, of at least 32 bytes. Throws crypto_error.
key read_secret(std::string_view bytes, std::string id = {});

} // namespace cresset::jwt
