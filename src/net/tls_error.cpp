#include "net/tls_error.hpp"

#include <openssl/err.h>

#include <system_error>

namespace cresset::net {

std::string tls_error_text()
{
    // What the system said of a file comes first; above it is only that it did.
    const unsigned long first = ERR_peek_error();
    const unsigned long code = ERR_SYSTEM_ERROR(first) ? first : ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0)
        return "no reason given";
    if (ERR_SYSTEM_ERROR(code))
        return std::generic_category().message(ERR_GET_REASON(code));
    const char* reason = ERR_reason_error_string(code);
    return reason ? reason : "error " + std::to_string(code);
}

} // namespace cresset::net
