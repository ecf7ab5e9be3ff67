#pragma once

#include <chrono>

namespace cresset {

// How a server ends.
//
//   delay      it is not ready any more (server::ready, /readyz), and serves as before, while load
//              balancers learn of it
//   spread     it accepts no more, and closes its clients one by one with 1012, evenly over this
//              time. Those with the capability `reconnect` are told first when their turn is. With
//              none, all are closed at once, with 1001, as the reference does
//   deadline   what is queued for those that are closed leaves meanwhile; then it is cut off
struct stop_plan
{
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds spread{0};
    std::chrono::milliseconds deadline{std::chrono::seconds(5)};
};

} // namespace cresset
