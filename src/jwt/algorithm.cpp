#include "jwt/algorithm.hpp"

#include <algorithm>
#include <iterator>

namespace cresset::jwt {
namespace {

struct row
{
    algorithm by;
    std::string_view name;
    key_kind kind;
};

// In the order of the enumeration.
constexpr row rows[] = {{algorithm::hs256, "HS256", key_kind::secret},
                        {algorithm::rs256, "RS256", key_kind::rsa},
                        {algorithm::ps256, "PS256", key_kind::rsa},
                        {algorithm::es256, "ES256", key_kind::p256},
                        {algorithm::eddsa, "EdDSA", key_kind::ed25519}};

const row& row_of(algorithm by) noexcept
{
    return rows[static_cast<std::size_t>(by)];
}

} // namespace

std::string_view to_string(algorithm by) noexcept
{
    return row_of(by).name;
}

std::optional<algorithm> algorithm_named(std::string_view name) noexcept
{
    const row* const found = std::ranges::find(rows, name, &row::name);
    return found != std::end(rows) ? std::optional(found->by) : std::nullopt;
}

key_kind kind_for(algorithm by) noexcept
{
    return row_of(by).kind;
}

} // namespace cresset::jwt
