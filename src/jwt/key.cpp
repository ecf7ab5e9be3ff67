#include "jwt/key.hpp"

#include <utility>

namespace cresset::jwt {

bool key::fits(algorithm by) const noexcept
{
    return material->kind() == kind_for(by) && (!only || *only == by);
}

bool key::has_signed(const signed_token& token, algorithm by) const
{
    return fits(by) && token.signature.size() == material->signature_size() &&
           material->has_signed(token, by);
}

key read_secret(std::string_view bytes, std::string id)
{
    return {make_secret(bytes), std::move(id), std::nullopt};
}

} // namespace cresset::jwt
