#pragma once

#include <cstdint>
#include <string>

namespace cresset {

// What becomes of a message for a client whose queue is full.
enum class slow_client_policy : std::uint8_t
{
    drop_newest, // it is dropped
    drop_oldest, // what has waited longest gives way to it
    keep_latest, // the same; and once a client is behind, a newer message replaces one that waits
    close,       // it is dropped, and the client is closed with 1013
};

// Another policy for the events of one name.
//
// Only messages of drop_oldest and keep_latest give way to others; what waits under drop_newest or
// close stays. If nothing that could give way waits, the new message is dropped.
struct event_policy
{
    std::string event;
    slow_client_policy policy = slow_client_policy::drop_newest;

    // For keep_latest: the member of `data` whose value tells what a message is about, as "symbol"
    // in {"symbol": "X", "price": 7}. Messages replace each other where event, receiver (the room,
    // user or client they were sent to) and that value are the same. Empty: event and receiver
    // alone. A message without the member replaces none.
    std::string key = {};
};

} // namespace cresset
