#pragma once

#include <string_view>

namespace cresset::hub {

class session;
class shard;

// Takes one message of a client to the function that it is for, as PROTOCOL.md's state table says.
// May end the session's membership of anything, but never destroys it. False if the message has to
// wait: nothing was done with it.
bool dispatch(shard& home, session& from, std::string_view text);

} // namespace cresset::hub
