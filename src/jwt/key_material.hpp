#pragma once

#include "jwt/algorithm.hpp"
#include "jwt/signed_token.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace cresset::jwt {

// What a key is made of, in the form of the library that uses it. Never changes; any number of
// threads may use it.
class key_material
{
public:
    virtual ~key_material() = default;

    virtual key_kind kind() const noexcept = 0;

    // Of all signatures by it. The libraries take some of other lengths for good ones.
    virtual std::size_t signature_size() const noexcept = 0;

    // Whether the token was signed with it by that algorithm, which fits its kind.
    virtual bool has_signed(const signed_token& token, algorithm by) const = 0;

    // A token. Throws crypto_error if it is a public key.
    virtual std::string sign(std::string_view payload, algorithm by,
                             const std::string& key_id) const = 0;
};

using key_material_ptr = std::shared_ptr<const key_material>;

// Bytes of a private key on their way into its material; wiped behind them.
struct private_number
{
    std::string bytes;

    private_number() = default;
    private_number(const private_number&) = delete;
    private_number& operator=(const private_number&) = delete;
    ~private_number();
};

// Numbers of RSA, big-endian; the private ones are empty in a public key.
struct rsa_numbers
{
    std::string n, e;
    private_number d, p, q, dp, dq, qi;
};

// A point of P-256, 32 bytes a coordinate; d is empty in a public key.
struct p256_numbers
{
    std::string x, y;
    private_number d;
};

// All of these throw crypto_error for what can't be used safely.
key_material_ptr make_secret(std::string_view bytes);
key_material_ptr make_rsa(const rsa_numbers& numbers);
key_material_ptr make_p256(const p256_numbers& numbers);
key_material_ptr make_ed25519(std::string_view public_key);
key_material_ptr make_ed25519_private(std::string_view seed);

} // namespace cresset::jwt
