#include "net/tls_error.hpp"

#include <openssl/err.h>

namespace cresset::net {

std::string tls_error_text()
{
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0)
        return "no reason given";
    const char* reason = ERR_reason_error_string(code);
    return reason ? reason : "error " + std::to_string(code);
}

} // namespace cresset::net
