#pragma once

#include <string>
#include <string_view>

namespace cresset::load {

// The client's side of RFC 6455, section 4.1. One key serves all clients: it is there to notice a
// server that knows nothing of WebSockets, and so is the check.

// The whole request. permessage-deflate is offered without context takeover, both ways.
std::string write_upgrade_request(std::string_view host, std::string_view path, bool deflate);

struct upgrade_answer
{
    std::string why_not; // for people; empty: the WebSocket is open
    bool deflate = false;
};

// `head` is all of it, the empty line included.
upgrade_answer read_upgrade_answer(std::string_view head);

} // namespace cresset::load
