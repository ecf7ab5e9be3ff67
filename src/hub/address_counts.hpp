#pragma once

#include "base/ip_address.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>

namespace cresset::hub {

// How many clients each address has, where that is limited. Any thread's.
//
// An IPv6 address counts as the first 64 bits of it, of which one site has all others. Loopback is
// not counted: it may be a proxy in front that tells nobody's address.
class address_counts
{
public:
    // Zero: nothing is counted, and all may come.
    explicit address_counts(std::size_t clients_max) noexcept : max_(clients_max) {}

    // One more; false if it has as many as it may.
    bool enter(const base::ip_address& address);
    void leave(const base::ip_address& address) noexcept;

private:
    using key = std::array<std::uint8_t, 16>;

    struct hash
    {
        std::size_t operator()(const key& of) const noexcept;
    };

    bool counts(const base::ip_address& address) const noexcept;

    std::size_t max_;
    std::mutex mutex_;
    boost::unordered_flat_map<key, std::size_t, hash> counts_; // none is zero
};

} // namespace cresset::hub
