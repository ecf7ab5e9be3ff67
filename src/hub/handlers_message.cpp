#include "hub/handlers.hpp"
#include "hub/session.hpp"
#include "hub/shard.hpp"

namespace cresset::hub {

void handle_message(shard& home, session& from, const protocol::event_view& event)
{
    home.guarded("message", [&] {
        home.app().message(message(from.view(), event.event, event.data, event.id));
    });
}

} // namespace cresset::hub
