#pragma once

#include "base/ip_address.hpp"
#include "base/ip_prefix.hpp"
#include "http/request.hpp"

namespace cresset::http {

// Whose request it is: the peer's, or if that is a trusted proxy, his for whom it came. Each proxy
// adds the address that it was called from to the end of X-Forwarded-For, and anybody may have sent
// the beginning:
//
//     X-Forwarded-For: 127.0.0.1, 203.0.113.9, 10.0.0.7        from 10.0.0.5, of 10.0.0.0/8
//                      made up    the client   a proxy         the nearest proxy
//
// So it is read from the end, as far as what it says comes from a trusted proxy. Where that said no
// address, the proxy itself is the client.
base::ip_address client_of(const request& asked, const base::ip_address& peer,
                           const base::ip_prefixes& trusted);

} // namespace cresset::http
