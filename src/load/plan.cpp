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
    case mode::redis:
        break;
    }
    return "redis";
}

} // namespace cresset::load
