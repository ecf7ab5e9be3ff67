#include "hub/handlers.hpp"
#include "hub/session.hpp"
#include "hub/shard.hpp"
#include "protocol/event_writer.hpp"
#include "ws/frame_writer.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace cresset::hub {
namespace {

void send_connected(session& to, const std::optional<std::string>& user_id)
{
    const std::string text =
        protocol::write_connected(to.id(), user_id, std::chrono::system_clock::now());
    to.deliver(net::segment::copy_of(ws::make_frame(ws::opcode::text, text)));
}

void refuse(session& s, std::string_view error)
{
    s.send_error(error);
    s.close(ws::close_code{4003}, "Authentication failed");
}

// In this order (PROTOCOL.md): indexed by user, joined to its rooms, told, and then the application.
void admit(shard& home, session& s, const identity& who)
{
    s.become_authenticated();
    home.join(s, {group_kind::everyone, {}});
    if (who.user_id && !who.user_id->empty())
        home.join(s, {group_kind::user, *who.user_id});
    for (const std::string& room : home.settings().default_rooms)
        home.join(s, {group_kind::room, room});
    send_connected(s, who.user_id);
    if (home.log().enabled(base::log_level::debug))
        home.log().debug("client authenticated",
                         {{"client", s.id().to_string()}, {"user", s.user_id()}});
    home.guarded("client_connected",
                 [&] { home.app().client_connected({s.id(), s.user_id()}); });
}

// Runs `then` on the session, where it is still there and still waits for the verdict.
template <typename Function>
void conclude(session_address client, Function then)
{
    client.home->run([client, then = std::move(then)] {
        session* s = client.home->find(client.handle);
        if (s && s->state() == session_state::authenticating)
            then(*client.home, *s);
    });
}

} // namespace

void handle_authenticate(shard& home, session& from, std::string_view data)
{
    if (from.state() != session_state::unauthorized) {
        from.send_error("Already authenticated");
        return;
    }
    from.begin_authenticating();
    const session_address address = from.address();
    const bool asked = home.guarded("authenticate", [&] {
        home.app().authenticate({from.id(), {}}, data.empty() ? "{}" : data,
                                authenticate_reply(address));
    });
    if (!asked) // the reply may live on elsewhere, but this is the verdict
        authenticate_reply(address).fail();
}

authenticate_reply::authenticate_reply(authenticate_reply&& other) noexcept
    : client_(std::exchange(other.client_, std::nullopt))
{}

authenticate_reply& authenticate_reply::operator=(authenticate_reply&& other) noexcept
{
    if (this != &other) {
        reject();
        client_ = std::exchange(other.client_, std::nullopt);
    }
    return *this;
}

authenticate_reply::~authenticate_reply()
{
    if (std::uncaught_exceptions() > 0)
        fail();
    else
        reject();
}

void authenticate_reply::accept(identity who)
{
    if (const auto client = std::exchange(client_, std::nullopt))
        conclude(*client, [who = std::move(who)](shard& home, session& s) { admit(home, s, who); });
}

void authenticate_reply::reject()
{
    if (const auto client = std::exchange(client_, std::nullopt))
        conclude(*client, [](shard&, session& s) { refuse(s, "Authentication failed"); });
}

void authenticate_reply::fail()
{
    if (const auto client = std::exchange(client_, std::nullopt))
        conclude(*client, [](shard&, session& s) { refuse(s, "Authentication error"); });
}

} // namespace cresset::hub
