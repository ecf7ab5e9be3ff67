#pragma once

#include <cstdint>

namespace cresset::ws {

// RFC 6455, section 7.4.1, and the IANA registry that it began. Applications add 4000 to 4999.
enum class close_code : std::uint16_t
{
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_data = 1003,
    no_status = 1005, // never sent: a close frame without a code
    abnormal = 1006,  // never sent: no close frame at all
    invalid_payload = 1007,
    policy_violation = 1008,
    too_big = 1009,
    internal_error = 1011,
    service_restart = 1012,
    try_again_later = 1013
};

// Whether a close frame may carry the code: 1004 to 1006 and 1015 are for local use or undefined,
// the rest below 3000 is nobody's yet, 5000 and above never will be anybody's (section 7.4.2).
constexpr bool may_be_sent(std::uint16_t code) noexcept
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

} // namespace cresset::ws
