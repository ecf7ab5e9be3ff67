#pragma once

#include "redis/options.hpp"

#include <cresset/redis.hpp>
#include <string>

namespace cresset::redis {

// Throws option_error for the first option that can't work. No URL is fine: it means alone.
void check_options(const redis_options& given);

// What the public options mean here, with a URL. Throws option_error for one that can't be read.
options to_options(const redis_options& given, std::string client_name);

} // namespace cresset::redis
