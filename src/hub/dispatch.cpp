#include "hub/dispatch.hpp"

#include "hub/handlers.hpp"
#include "hub/session.hpp"
#include "hub/shard.hpp"
#include "protocol/event.hpp"
#include "protocol/event_reader.hpp"

namespace cresset::hub {
namespace {

namespace system_event = protocol::system_event;

void refuse(shard& home, session& from, protocol::read_error error)
{
    if (error == protocol::read_error::invalid_format) {
        from.send_error("Invalid message format");
        return;
    }
    home.counts().dropped_no_event.add();
    if (home.log().enabled(base::log_level::debug))
        home.log().debug("message without an event dropped",
                         {{"client", from.id().to_string()}, {"address", from.peer().to_string()}});
}

bool is_heartbeat(const protocol::read_result& message)
{
    return message && message->event == system_event::heartbeat;
}

// What is answered shows that the joins before it are done, and so does what others receive.
bool may_pass_joins(const protocol::read_result& message)
{
    return is_heartbeat(message) || (message && (message->event == system_event::join ||
                                                 message->event == system_event::leave));
}

// False if it has to wait.
bool dispatch_plain(shard& home, session& from, const protocol::read_result& message)
{
    if (from.joins_under_way() && !may_pass_joins(message))
        return false;
    if (!message)
        refuse(home, from, message.error);
    else if (message->event == system_event::heartbeat)
        return true; // that it came is all it says
    else if (message->event == system_event::authenticate)
        handle_authenticate(home, from, message->data);
    else if (from.state() != client_state::authenticated)
        from.send_error("Not authenticated");
    else if (message->event == system_event::join)
        handle_join(home, from, message->data);
    else if (message->event == system_event::leave)
        handle_leave(home, from, message->data);
    else if (message->event.size() > protocol::event_name_bytes_max)
        from.send_error("Invalid message format");
    else
        handle_message(home, from, *message.value);
    return true;
}

// What a client encrypted, as if it had said it in the clear. What can't be decrypted, or holds
// another such event, is treated like text that is no JSON.
bool dispatch_encrypted(shard& home, session& from, std::string_view data)
{
    protocol::read_result inner;
    std::string& envelope = home.opened();
    const auto sealed = protocol::read_encrypted_data(data);
    const bool opened = sealed && from.cipher()->open(*sealed, home.sealing(), envelope);
    if (opened)
        inner = home.reader().read(envelope);
    if (inner && inner->event == system_event::encrypted)
        inner = {};
    if (!dispatch_plain(home, from, inner))
        return false;
    if (opened)
        from.cipher()->accept();
    else
        home.counts().dropped_undecryptable.add();
    return true;
}

// A client that numbers its messages says nothing in the clear that means something: else anybody
// could say it.
bool dispatch_unsealed(shard& home, session& from)
{
    const bool taken = dispatch_plain(home, from, {});
    if (taken)
        home.counts().dropped_undecryptable.add();
    return taken;
}

} // namespace

bool dispatch(shard& home, session& from, std::string_view text)
{
    const protocol::read_result message = home.reader().read(text);
    if (from.cipher() && message && message->event == system_event::encrypted)
        return dispatch_encrypted(home, from, message->data);
    if (from.cipher() && from.cipher()->numbered() && !is_heartbeat(message))
        return dispatch_unsealed(home, from);
    return dispatch_plain(home, from, message);
}

} // namespace cresset::hub
