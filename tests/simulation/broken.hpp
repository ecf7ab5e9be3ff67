#pragma once

#include <stdexcept>
#include <string>

namespace cresset::simulation {

// Something that must not be: a history ends with it.
struct broken : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

inline void require(bool holds, const std::string& rule)
{
    if (!holds)
        throw broken(rule);
}

} // namespace cresset::simulation
