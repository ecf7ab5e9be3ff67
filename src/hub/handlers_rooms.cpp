#include "hub/handlers.hpp"
#include "hub/session.hpp"
#include "hub/shard.hpp"
#include "protocol/room_list.hpp"

#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cresset::hub {
namespace {

// Rooms that it is in by its own wish; those that everybody is in, and its user, are groups too.
bool may_join_another(const shard& home, const session& s)
{
    const std::size_t others =
        1 + (s.user_id().empty() ? 0 : 1) + home.settings().default_rooms.size();
    return home.groups_of(s) < home.settings().rooms_a_client_max + others;
}

class join_receiver final : public reply<allowed_rooms>::receiver
{
public:
    join_receiver(session_address client, std::size_t asked)
        : client_(std::move(client)), asked_(asked)
    {}

    void on_accepted(allowed_rooms rooms) override
    {
        client_.line->expect_rooms(rooms);
        client_.line->run([client = client_, asked = asked_, rooms = std::move(rooms)] {
            session* s = client.home->find(client.handle);
            const bool may = s && s->state() == client_state::authenticated;
            join_all(*client.home, may ? s : nullptr, rooms, asked);
        });
    }
    void on_rejected() override { on_accepted({}); }
    void on_failed(std::string_view why) override
    {
        client_.line->run([client = client_, why = std::string(why)] {
            const session* s = client.home->find(client.handle);
            // An exception on its way out of a handler is logged where it is caught.
            if (s && std::uncaught_exceptions() == 0)
                client.home->log().error("join failed to reach a verdict",
                                         {{"client", s->id().to_string()},
                                          {"address", s->peer().to_string()},
                                          {"error", why}});
        });
        on_accepted({});
    }

private:
    static void join_all(shard& home, session* s, const allowed_rooms& rooms, std::size_t asked)
    {
        std::size_t joined = 0;
        for (const std::string& room : rooms) {
            const bool may = s && may_join_another(home, *s) && !home.is_full_room(room);
            home.join_expected(may ? s : nullptr, room);
            joined += may ? 1 : 0;
        }
        if (joined != 0)
            s->await_joins();
        if (s && joined < asked)
            home.count_refused_joins(*s, asked - joined);
    }

    session_address client_;
    std::size_t asked_;
};

} // namespace

void handle_join(shard& home, session& from, std::string_view data)
{
    std::vector<std::string> rooms = protocol::read_room_list(data);
    if (!from.may_name_rooms(rooms.size()))
        return;
    // More than it may be in are not worth a look.
    if (const std::size_t max = home.settings().rooms_a_client_max; rooms.size() > max) {
        home.count_refused_joins(from, rooms.size() - max);
        rooms.resize(max);
    }
    const std::size_t refused = std::erase_if(
        rooms, [](const std::string& room) { return !protocol::is_valid_room_name(room); });
    if (refused != 0)
        home.count_refused_joins(from, refused);
    if (rooms.empty())
        return;
    home.guarded("validate_room", [&] {
        home.app().validate_rooms(
            join_request{from.view(), rooms},
            reply<allowed_rooms>(std::make_unique<join_receiver>(from.address(), rooms.size())));
    });
}

void handle_leave(shard& home, session& from, std::string_view data)
{
    const std::vector<std::string> rooms = protocol::read_room_list(data);
    if (!from.may_name_rooms(rooms.size()))
        return;
    for (const std::string& room : rooms)
        home.leave(from, {group_kind::room, room});
}

} // namespace cresset::hub
