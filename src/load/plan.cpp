#include "load/plan.hpp"

namespace cresset::load {

std::string_view name_of(mode m) noexcept
{
    switch (m) {
    case mode::connect:
        return "connect";
    case mode::echo:
        return "echo";
    case mode::fanout:
        return "fanout";
    case mode::latency:
        return "latency";
    case mode::rooms:
        return "rooms";
    case mode::churn:
        return "churn";
    case mode::storm:
        return "storm";
    case mode::slow:
        return "slow";
    case mode::redis:
        return "redis";
    case mode::encrypted:
        return "encrypted";
    case mode::deflate:
        break;
    }
    return "deflate";
}

} // namespace cresset::load
