#include "hub/capabilities.hpp"
#include "hub/handlers.hpp"
#include "hub/session.hpp"
#include "hub/shard.hpp"
#include "protocol/event_writer.hpp"
#include "protocol/json_member.hpp"
#include "ws/frame_writer.hpp"

#include <chrono>
#include <cresset/errors.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace cresset::hub {
namespace {

constexpr ws::close_code authentication_failed{close_codes::authentication_failed};
constexpr ws::close_code encryption_required{close_codes::encryption_required};

void refuse(session& s, std::string_view error, ws::close_code code, std::string_view reason)
{
    s.send_error(error);
    s.close(code, reason);
}

void reject(session& s)
{
    refuse(s, "Authentication failed", authentication_failed, "Authentication failed");
}

void fail(session& s)
{
    refuse(s, "Authentication error", authentication_failed, "Authentication failed");
}

void log_no_verdict(shard& home, const session& s, std::string_view on, std::string_view why)
{
    home.log().error(
        std::string(on) + " failed to reach a verdict",
        {{"client", s.id().to_string()}, {"address", s.peer().to_string()}, {"error", why}});
}

// Runs `then` on the session, where it is still there and still waits for the verdict.
template <typename Function>
auto conclude(session_address client, Function then)
{
    return [client = std::move(client), then = std::move(then)]() mutable {
        session* s = client.home->find(client.handle);
        if (s && s->awaits_verdict())
            then(*client.home, *s);
    };
}

// What a client is let in with, beside its identity.
struct admission
{
    std::optional<handshake_result> handshake;
    std::unique_ptr<session_cipher> cipher; // of the built-in encryption
    capabilities has;
};

admission plain(const session& s)
{
    return {std::nullopt, nullptr, s.asked_for().without_encryption()};
}

// With the built-in encryption `connected` is plain: the client needs the server's key from it.
void tell_connected(session& s, const protocol::connected& told, admission& with)
{
    const std::string data = protocol::write_connected_data(told);
    if (!with.cipher) {
        s.send_event(events::connected, data);
        return;
    }
    outgoing message(net::segment::copy_of(
        ws::make_frame(ws::opcode::text, protocol::write_event(events::connected, data))));
    s.queue(message);
    s.begin_encryption(std::move(with.cipher));
}

// In this order (PROTOCOL.md): indexed by user, joined to its rooms, told, and then the
// application.
void welcome(shard& home, session& s, admission& with)
{
    const client view = s.view();
    if (!view.user_id().empty() && home.is_full_user(view.user_id())) {
        home.counts().refused_users.add();
        refuse(s, "Too many connections", ws::close_code::policy_violation, "Too many connections");
        return;
    }
    identity who = s.take_identity();
    if (with.handshake)
        home.set_encrypted(s);
    s.become_authenticated(who.user_id.has_value(), std::move(who.metadata), with.has.room_key);
    home.join(s, {group_kind::everyone, {}});
    if (who.user_id && !who.user_id->empty())
        home.join(s, {group_kind::user, *who.user_id});
    for (const std::string& room : home.settings().default_rooms)
        home.join(s, {group_kind::room, room});
    home.withdraw(who);

    protocol::connected told{
        s.id(), who.user_id, std::chrono::system_clock::now(), {}, with.has.names()};
    if (with.handshake)
        told.key_exchange = {with.handshake->server_public_key, with.handshake->salt};
    tell_connected(s, told, with);
    if (with.has.gap)
        s.begin_gaps();
    home.tell_of_departure(s);
    if (home.log().enabled(base::log_level::debug))
        home.log().debug("client authenticated", {{"client", s.id().to_string()},
                                                  {"address", s.peer().to_string()},
                                                  {"user", s.user_id()}});
    home.guarded("client_connected", [&] { home.app().client_connected(s.view()); });
}

// Once it is told that it is connected, it can be reached from everywhere: the other nodes come
// first.
void admit(shard& home, session& s, identity who, admission with)
{
    home.announce(s, who);
    s.keep_identity(std::move(who));
    home.when_settled(s, [with = std::move(with)](shard& h, session& client) mutable {
        if (client.state() == client_state::authenticating)
            welcome(h, client, with);
    });
}

void refuse_handshake(session& s)
{
    refuse(s, "Encryption handshake failed", encryption_required, "Encryption required");
}

// The built-in encryption: with a key agreed on, or in the clear where a client that brings none
// may come in like that.
void agree_on_key(shard& home, session& s, identity who)
{
    const std::string_view brought = protocol::find_member(s.credentials(), "publicKey");
    if (brought.empty() || brought == "null") {
        if (!home.settings().require_encryption) {
            admit(home, s, std::move(who), plain(s));
            return;
        }
        home.log().info("encryption is required, and the client brought no publicKey",
                        {{"client", s.id().to_string()}, {"address", s.peer().to_string()}});
        s.close(encryption_required, "Encryption required");
        return;
    }
    try {
        const crypto::key_agreement& ours = *home.settings().key_agreement;
        auto agreed =
            ours.with(protocol::read_string_member(s.credentials(), "publicKey").value_or(""));
        const capabilities has = s.asked_for();
        s.expect_encryption();
        admission with{handshake_result{ours.public_key(), std::move(agreed.salt)}, nullptr, has};
        with.cipher = std::make_unique<session_cipher>(std::move(agreed.key), has.encrypted_number);
        admit(home, s, std::move(who), std::move(with));
    } catch (const crypto_error& error) {
        home.log().info("encryption handshake failed", {{"client", s.id().to_string()},
                                                        {"address", s.peer().to_string()},
                                                        {"error", error.what()}});
        refuse_handshake(s);
    }
}

class handshake_receiver final : public reply<handshake_result>::receiver
{
public:
    explicit handshake_receiver(session_address client) : client_(std::move(client)) {}

    void on_accepted(handshake_result answer) override
    {
        client_.line->run(conclude(client_, [answer = std::move(answer)](shard& home, session& s) {
            admission with = plain(s);
            with.handshake = answer;
            admit(home, s, s.take_identity(), std::move(with));
        }));
    }
    void on_rejected() override
    {
        client_.line->run(conclude(client_, [](shard&, session& s) { refuse_handshake(s); }));
    }
    // Not at once: an exception may be on its way to begin_handshake, which logs it.
    void on_failed(std::string_view why) override
    {
        client_.line->post(conclude(client_, [why = std::string(why)](shard& home, session& s) {
            log_no_verdict(home, s, "handshake", why);
            fail(s);
        }));
    }

private:
    session_address client_;
};

void begin_handshake(shard& home, session& s, identity who)
{
    if (!home.app().has_handshake()) {
        home.log().error("encryption is required, but there is no handshake handler",
                         {{"client", s.id().to_string()}, {"address", s.peer().to_string()}});
        s.close(encryption_required, "Encryption required");
        return;
    }
    s.keep_identity(std::move(who));
    const bool asked = home.guarded("handshake", [&] {
        home.app().handshake(
            handshake_request(s.view(), s.credentials()),
            reply<handshake_result>(std::make_unique<handshake_receiver>(s.address())));
    });
    if (!asked && s.awaits_verdict())
        fail(s);
}

class authenticate_receiver final : public reply<identity>::receiver
{
public:
    explicit authenticate_receiver(session_address client) : client_(std::move(client)) {}

    void on_accepted(identity who) override
    {
        client_.line->run(
            conclude(client_, [who = std::move(who)](shard& home, session& s) mutable {
                if (home.encrypts())
                    agree_on_key(home, s, std::move(who));
                else if (home.settings().require_encryption)
                    begin_handshake(home, s, std::move(who));
                else
                    admit(home, s, std::move(who), plain(s));
            }));
    }
    void on_rejected() override
    {
        client_.line->run(conclude(client_, [](shard&, session& s) { reject(s); }));
    }
    // Not at once: an exception may be on its way to handle_authenticate, which knows its type.
    void on_failed(std::string_view why) override
    {
        client_.line->post(conclude(client_, [why = std::string(why)](shard& home, session& s) {
            log_no_verdict(home, s, "authentication", why);
            fail(s);
        }));
    }

private:
    session_address client_;
};

} // namespace

void handle_authenticate(shard& home, session& from, std::string_view data)
{
    if (from.state() != client_state::unauthorized) {
        from.send_error("Already authenticated");
        return;
    }
    const std::string_view credentials = data.empty() || data == "null" ? "{}" : data;
    from.begin_authenticating(credentials);
    const std::string subject = from.certificate_subject();
    bool misfit = false;
    const bool asked = home.guarded("authenticate", [&] {
        try {
            home.app().authenticate(
                authenticate_request(from.view(), credentials, subject),
                reply<identity>(std::make_unique<authenticate_receiver>(from.address())));
        } catch (const data_error& error) {
            misfit = true;
            home.log().info("credentials do not fit", {{"client", from.id().to_string()},
                                                       {"address", from.peer().to_string()},
                                                       {"error", error.what()}});
        }
    });
    if (!from.awaits_verdict())
        return;
    // The reply may live on elsewhere, but this is the verdict.
    if (misfit)
        reject(from);
    else if (!asked)
        fail(from);
}

} // namespace cresset::hub
