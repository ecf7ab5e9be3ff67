#include "load/report.hpp"

namespace cresset::load {

bool report::clean() const noexcept
{
    const bool all_came = !traffic || (traffic->lost == 0 && traffic->doubled == 0 &&
                                       traffic->reordered == 0 && traffic->altered == 0);
    return all_came && clients_failed == 0 && clients_gone == 0;
}

} // namespace cresset::load
