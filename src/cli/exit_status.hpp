#pragma once

#include <string_view>

namespace cresset::cli {

// What the programs exit with.
enum exit_status : int
{
    success = 0,
    failure = 1, // something went wrong while running
    refused = 2, // could not start as asked: flags, port, an unsafe combination
};

// Says why in one line on standard error.
exit_status refuse(std::string_view why, std::string_view program = "cresset");

} // namespace cresset::cli
