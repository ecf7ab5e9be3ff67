#pragma once

#include "protocol/node_message.hpp"

#include <string>

namespace cresset::protocol {

// The payload (drawn in node_message.hpp) as the reference's JSON.stringify writes it: no space,
// keys in the order of PROTOCOL.md, absent ones left out. Texts are UTF-8; data is JSON already,
// and not looked at.
std::string write_node_message(const node_message& message);

} // namespace cresset::protocol
