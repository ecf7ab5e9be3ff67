#include "hub/address_counts.hpp"

#include <algorithm>
#include <string_view>

namespace cresset::hub {
namespace {

bool is_loopback(const base::ip_address& address) noexcept
{
    static const base::ip_address v6 = base::ip_address::parse("::1").value();
    return address == v6 || (address.is_v4() && address.bytes()[12] == 127);
}

std::array<std::uint8_t, 16> site_of(const base::ip_address& address) noexcept
{
    auto bytes = address.bytes();
    if (!address.is_v4())
        std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return bytes;
}

} // namespace

std::size_t address_counts::hash::operator()(const key& of) const noexcept
{
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(of.data()), of.size()});
}

bool address_counts::counts(const base::ip_address& address) const noexcept
{
    return max_ != 0 && !is_loopback(address);
}

bool address_counts::enter(const base::ip_address& address)
{
    if (!counts(address))
        return true;
    const std::lock_guard lock(mutex_);
    std::size_t& has = counts_[site_of(address)];
    if (has >= max_)
        return false;
    ++has;
    return true;
}

void address_counts::leave(const base::ip_address& address) noexcept
{
    if (!counts(address))
        return;
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(site_of(address));
    if (found != counts_.end() && --found->second == 0)
        counts_.erase(found);
}

} // namespace cresset::hub
