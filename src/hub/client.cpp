// What handlers see of a client, beyond what its header says.

#include "base/ip_address.hpp"

#include <cresset/client.hpp>

namespace cresset {

std::string client::address() const
{
    return address_ ? address_->to_string() : std::string();
}

} // namespace cresset
