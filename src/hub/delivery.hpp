#pragma once

#include "base/client_id.hpp"
#include "hub/group.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cresset::hub {

// One message to a group, made once and shared by the shards that deliver it: never changes.
struct delivery
{
    group_kind kind;
    std::string name;  // of the room or user
    std::string frame; // the whole frame, header included
    std::vector<base::client_id> exclude;

    group_key key() const noexcept { return {kind, name}; }
};

using shared_delivery = std::shared_ptr<const delivery>;

} // namespace cresset::hub
