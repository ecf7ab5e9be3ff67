#pragma once

#include <string_view>

namespace cresset::hub {

class session;
class shard;

// Takes one message of a client to the function that it is for, as PROTOCOL.md's state table says.
// text must have receive_padding readable bytes behind it. May end the session's membership of
// anything, but never destroys it.
bool dispatch(shard& home, session& from, std::string_view text);

} // namespace cresset::hub
