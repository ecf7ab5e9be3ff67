#pragma once

#include "jwt/key.hpp"
#include "jwt/refusal.hpp"

#include <boost/container/static_vector.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace cresset::jwt {

// No token is tried with more keys than this: each costs a verification (40 to 150 us).
inline constexpr std::size_t tries_max = 4;

using key_candidates = boost::container::static_vector<const key*, tries_max>;

// The keys that tokens may be signed with. Never changes: new keys of an issuer are a new set.
class key_set
{
public:
    key_set() = default;
    explicit key_set(std::vector<key> known);

    const std::vector<key>& keys() const noexcept { return keys_; }

    // Whether the keys leave it open that a token is signed so. An algorithm of secrets needs a
    // secret; the others need no key yet, since an issuer's next one may be of another kind.
    bool may_use(algorithm by) const noexcept;

    // Whether one of them has this id.
    bool knows(std::string_view id) const noexcept;

    // Those that a token may be signed with: the ones of its key id; else those that have no id,
    // and so fit any; and for a token without an id, all that fit the algorithm.
    result<key_candidates> find(const std::optional<std::string>& id, algorithm by) const;

private:
    std::vector<key> keys_;
};

} // namespace cresset::jwt
