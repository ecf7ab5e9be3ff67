#pragma once

#include <string>

namespace cresset::net {

// What OpenSSL last complained about on this thread, which is then forgotten.
std::string tls_error_text();

} // namespace cresset::net
