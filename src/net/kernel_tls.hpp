#pragma once

namespace cresset::net {

// Whether the kernel and OpenSSL can encrypt what is sent over TLS in the kernel. Tried once.
bool kernel_tls_available() noexcept;

} // namespace cresset::net
