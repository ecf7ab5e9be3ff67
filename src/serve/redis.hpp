#pragma once

#include "base/log.hpp"
#include "broker/broker.hpp"

#include <cresset/redis.hpp>
#include <memory>

namespace cresset::serve {

// What joins a node to others: Redis, or nothing but memory where no URL is given. The log outlives
// it. Throws option_error for options that can't work.
std::unique_ptr<broker::broker> make_broker(const redis_options& options, base::log& log);

} // namespace cresset::serve
