#pragma once

#include <cstdio>
#include <cstdlib>

namespace cresset::fuzz {

// Ends the run, with the input kept by libFuzzer, if a rule is broken.
inline void expect(bool holds, const char* rule)
{
    if (holds)
        return;
    std::fprintf(stderr, "Broken: %s\n", rule);
    std::abort();
}

} // namespace cresset::fuzz
