#pragma once

#include "base/ip_address.hpp"
#include "hub/hub.hpp"
#include "serve/front_counters.hpp"

#include <atomic>
#include <cresset/limits.hpp>
#include <cstddef>
#include <string_view>
#include <vector>

namespace cresset::serve {

// Whether there is place for one more, where that is limited: for a connection as it comes, and for
// a WebSocket as it is asked for. Of a node; any of its threads asks.
class admission
{
public:
    // All outlive it. The fronts' counters are those of all threads.
    admission(const limits& of, hub::hub& clients, std::vector<const front_counters*> fronts);

    bool has_place_for_connection() const noexcept;

    // What a request for a WebSocket is refused with; status 0 if it is not. Then the address has
    // been entered (see hub::addresses), so the client has to be accepted.
    struct refusal
    {
        unsigned status = 0;
        std::string_view why;
        unsigned retry_after_s = 0;
    };
    refusal enter(const base::ip_address& client);

    // Nobody new comes in while memory is short.
    void set_short_of_memory(bool is) noexcept { short_of_memory_ = is; }

private:
    refusal refuse(unsigned status, std::string_view why) noexcept;

    const limits& limits_;
    hub::hub& hub_;
    std::vector<const front_counters*> fronts_;
    std::atomic<bool> short_of_memory_{false};
    std::atomic<unsigned> refused_{0};
};

} // namespace cresset::serve
