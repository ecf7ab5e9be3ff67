#pragma once

#include "http/request.hpp"
#include "http/response.hpp"
#include "ws/deflate_parameters.hpp"

namespace cresset::ws {

// The opening handshake of RFC 6455, section 4.2, on the server's side:
//
//   GET /ws HTTP/1.1                                 HTTP/1.1 101 Switching Protocols
//   Upgrade: websocket                               Upgrade: websocket
//   Connection: Upgrade                       ->     Connection: Upgrade
//   Sec-WebSocket-Key: (16 bytes, base64)            Sec-WebSocket-Accept: (20 bytes, base64)
//   Sec-WebSocket-Version: 13

// Whether the request wants to become a WebSocket, rightly or not: answer_upgrade decides.
bool is_upgrade(const http::request& request) noexcept;

// 101 and the headers that complete the handshake, or the error to send, which ends the
// connection. Extensions and subprotocols on offer are declined by saying nothing of them.
http::response answer_upgrade(const http::request& request);

// The same where permessage-deflate (RFC 7692) may be agreed on.
struct upgrade
{
    http::response answer;
    deflate_parameters deflate; // of 101
};
upgrade answer_upgrade(const http::request& request, const deflate_options& options);

} // namespace cresset::ws
