#include "cli/exit_status.hpp"

#include <cstdio>
#include <string>

namespace cresset::cli {

exit_status refuse(std::string_view why, std::string_view program)
{
    std::string line(program);
    line += ": ";
    line += why;
    line += '\n';
    std::fputs(line.c_str(), stderr);
    return refused;
}

} // namespace cresset::cli
