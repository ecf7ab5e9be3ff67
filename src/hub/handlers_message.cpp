#include "hub/handlers.hpp"
#include "hub/session.hpp"
#include "hub/shard.hpp"

namespace cresset::hub {

void handle_message(shard& home, session& from, std::string_view event, std::string_view data)
{
    home.guarded("message",
                 [&] { home.app().message({from.id(), from.user_id()}, event, data); });
}

} // namespace cresset::hub
