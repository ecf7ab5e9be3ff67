#include "jwt/key_set.hpp"

#include <algorithm>
#include <utility>

namespace cresset::jwt {
namespace {

bool is_secret(const key& each) noexcept
{
    return each.material->kind() == key_kind::secret;
}

} // namespace

key_set::key_set(std::vector<key> known) : keys_(std::move(known)) {}

bool key_set::may_use(algorithm by) const noexcept
{
    if (kind_for(by) == key_kind::secret)
        return std::ranges::any_of(keys_, is_secret);
    return keys_.empty() || !std::ranges::all_of(keys_, is_secret);
}

bool key_set::knows(std::string_view id) const noexcept
{
    return std::ranges::any_of(keys_, [&](const key& each) { return each.id == id; });
}

result<key_candidates> key_set::find(const std::optional<std::string>& id, algorithm by) const
{
    const bool knows_id = id && knows(*id);
    const std::string_view wanted = knows_id ? std::string_view(*id) : std::string_view();
    key_candidates found;
    for (const key& each : keys_) {
        if (!each.fits(by) || (id && each.id != wanted))
            continue;
        if (found.size() == tries_max)
            return refusal::ambiguous_key;
        found.push_back(&each);
    }
    if (found.empty())
        return knows_id ? refusal::algorithm_not_allowed : refusal::unknown_key;
    return found;
}

} // namespace cresset::jwt
