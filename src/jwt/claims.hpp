#pragma once

#include <boost/json/object.hpp>

#include <chrono>
#include <optional>

namespace cresset::jwt {

// Wall clock. In milliseconds, because the finer ones of the standard library end in 2262, and who
// writes a token may not know.
using instant = std::chrono::sys_time<std::chrono::milliseconds>;

// What a token says, of which its issuer is certain.
struct claims
{
    boost::json::object members;
    std::optional<instant> expiry; // as it says, without leeway; none only where none is required
};

} // namespace cresset::jwt
