#pragma once

#include "http/request.hpp"
#include "ws/deflate_parameters.hpp"

#include <optional>
#include <string>

namespace cresset::ws {

// What comes of the extensions that a client offers (RFC 6455, section 9.1; RFC 7692, section 7.1):
//
//   Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, permessage-deflate
//                             `------------- an offer -------------------'  `-- the next ---'
//
// The first offer of permessage-deflate that a server can accept is; others are declined by saying
// nothing of them.
struct deflate_answer
{
    deflate_parameters parameters;
    std::string header; // value of the answer's Sec-WebSocket-Extensions; empty without
};

// Nothing for a header that is malformed, with which the handshake fails.
std::optional<deflate_answer> answer_deflate_offers(const http::request& request,
                                                    const deflate_options& options);

} // namespace cresset::ws
