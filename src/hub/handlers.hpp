#pragma once

#include "protocol/event_reader.hpp"

#include <string_view>

namespace cresset::hub {

class session;
class shard;

// The functions that dispatch chooses from, one a system event; data is raw JSON, empty if absent.

void handle_authenticate(shard& home, session& from, std::string_view data);
void handle_join(shard& home, session& from, std::string_view data);
void handle_leave(shard& home, session& from, std::string_view data);

// Any event that has no function above, and is no heartbeat.
void handle_message(shard& home, session& from, const protocol::event_view& event);

} // namespace cresset::hub
