// The built-in encryption, one session at a time.

#include "hub/hub.hpp"
#include "support/encrypted_client.hpp"
#include "support/event_text.hpp"
#include "support/recording_broker.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace cresset::hub {
namespace {

using tests::client_frame;
using tests::encrypted_client;
using tests::test_hub;
using tests::ws_client;

options encrypting(bool required = false)
{
    options settings;
    settings.require_encryption = required;
    settings.key_agreement =
        std::make_shared<const crypto::key_agreement>(crypto::p256::key_pair());
    return settings;
}

using tests::event_text;

const std::string invalid = R"({"event":"error","data":{"message":"Invalid message format"}})";

struct hub_encryption : testing::Test
{
    encrypted_client login(std::string_view user, std::string_view capabilities = {},
                           unsigned shard = 0)
    {
        return {hub.connect(shard), user, capabilities};
    }

    // Messages are answered with an event of the same name.
    void answer()
    {
        hub.app.on_message = [this](const client& from, std::string_view name, std::string_view) {
            hub->send_to_client(from.id(), {name, {}});
        };
    }

    test_hub hub{2, encrypting()};
};

// PROTOCOL.md, section 4, number 1.
TEST_F(hub_encryption, tells_of_its_keys_in_the_clear_and_encrypts_from_there_on)
{
    encrypted_client ada = login("ada");
    EXPECT_NE(ada.connected.find(R"("userId":"ada")"), std::string::npos);
    EXPECT_EQ(ada.connected.find("capabilities"), std::string::npos);
    hub->send_to_client(ada.client.id, {"hello", R"({"ü":1.0})"});
    EXPECT_EQ(ada.next(), R"({"event":"hello","data":{"ü":1.0}})");
    EXPECT_FALSE(ada.last_number);
    ada.client.send_text("no JSON");
    EXPECT_EQ(ada.next(), invalid);
    EXPECT_TRUE((*hub).describe({broker::target_kind::user, "ada"}).at(0).encrypted);
}

TEST_F(hub_encryption, is_for_those_who_bring_a_key)
{
    for (const char* credentials : {R"({"user":"bob"})", R"({"user":"bob","publicKey":null})"}) {
        ws_client bob = hub.connect();
        bob.emit("authenticate", credentials);
        test_hub::read_connected(bob);
        hub->send_to_client(bob.id, {"plain", {}});
        EXPECT_EQ(bob.text(), event_text("plain"));
        EXPECT_FALSE(
            (*hub).describe({broker::target_kind::client, bob.id.to_string()}).at(0).encrypted);
    }
}

TEST(hub_encryption_required, closes_those_who_bring_no_key)
{
    test_hub hub(1, encrypting(true));
    ws_client bob = hub.connect();
    bob.emit("authenticate", R"({"user":"bob"})");
    EXPECT_EQ(bob.text(), "close 4004 Encryption required");
    encrypted_client ada(hub.connect(), "ada");
    hub->send_to_user("ada", {"hello", {}});
    EXPECT_EQ(ada.next(), event_text("hello"));
}

// They asked for it, so they are not let in without.
TEST_F(hub_encryption, refuses_bad_keys)
{
    for (const char* key :
         {R"("")", "1", "[]", R"("no base64")", R"("AAAA")",
          R"("BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA)"
          R"(AAAAAAAAAAAAAAAAAAAAAA=")"}) {
        ws_client eve = hub.connect();
        eve.emit("authenticate", R"({"publicKey":)" + std::string(key) + '}');
        EXPECT_EQ(eve.text(),
                  R"({"event":"error","data":{"message":"Encryption handshake failed"}})")
            << key;
        EXPECT_EQ(eve.text(), "close 4004 Encryption required") << key;
    }
}

// PROTOCOL.md, section 4, number 5.
TEST_F(hub_encryption, gives_each_its_form_in_the_order_of_sending)
{
    ws_client plain = hub.login(0, "ann");
    encrypted_client ada = login("ada");
    encrypted_client bob = login("bob", {}, 1);
    for (const client_id& id : {plain.id, ada.client.id, bob.client.id})
        ASSERT_TRUE((*hub).join(id, "r"));
    hub.settle();
    for (int i = 0; i < 100; ++i) {
        const std::string n = std::to_string(i);
        hub->send_to_room("r", {"room", n});
        hub->broadcast({"all", n});
        hub->send_to_user("ada", {"user", n});
        hub->send_to_client(ada.client.id, {"client", n});
    }
    for (int i = 0; i < 100; ++i) {
        const std::string n = ",\"data\":" + std::to_string(i) + '}';
        for (const char* name : {R"({"event":"room")", R"({"event":"all")"}) {
            EXPECT_EQ(plain.text(), name + n);
            EXPECT_EQ(ada.next(), name + n);
            EXPECT_EQ(bob.next(), name + n);
        }
        EXPECT_EQ(ada.next(), R"({"event":"user")" + n);
        EXPECT_EQ(ada.next(), R"({"event":"client")" + n);
    }
}

TEST_F(hub_encryption, encrypts_messages_of_any_size)
{
    encrypted_client ada = login("ada");
    for (const std::size_t size : {0u, 1u, 2u, 3u, 60u, 61u, 62u, 63u, 64u, 48'000u, 60'000u}) {
        const std::string data = '"' + std::string(size, 'x') + '"';
        hub->send_to_client(ada.client.id, {"sized", data});
        EXPECT_EQ(ada.next(), R"({"event":"sized","data":)" + data + '}') << size;
    }
}

// PROTOCOL.md, section 4, number 7.
TEST_F(hub_encryption, takes_encrypted_events_as_if_they_were_plain)
{
    answer();
    encrypted_client ada = login("ada");
    ada.say(R"({"event":"join","data":{"rooms":["r"]}})");
    ada.say(event_text("echo"));
    EXPECT_EQ(ada.next(), event_text("echo"));
    EXPECT_TRUE(hub->is_member(ada.client.id, "r"));
    ada.say("no JSON");
    EXPECT_EQ(ada.next(), invalid);
    ada.say(R"({"event":"authenticate"})");
    EXPECT_EQ(ada.next(), R"({"event":"error","data":{"message":"Already authenticated"}})");
    ada.client.emit("in_the_clear");
    EXPECT_EQ(ada.next(), event_text("in_the_clear"));
    EXPECT_EQ(hub->count().dropped_undecryptable, 0u);
}

TEST_F(hub_encryption, refuses_what_it_cannot_decrypt)
{
    encrypted_client ada = login("ada");
    encrypted_client eve = login("eve");
    const std::string good = ada.seal(event_text("x"));
    std::string flipped = good;
    flipped[flipped.find(R"("ct":")") + 6] ^= 1;
    for (const std::string& bad :
         {eve.seal(event_text("x")), flipped, std::string(R"({"event":"encrypted"})"),
          std::string(R"({"event":"encrypted","data":null})"),
          std::string(R"({"event":"encrypted","data":{"iv":"","ct":""}})"),
          std::string(R"({"event":"encrypted","data":{"iv":"AAAAAAAAAAAAAAAA","ct":"AAAA"}})"),
          std::string(R"({"event":"encrypted","data":{"iv":1,"ct":2}})"),
          ada.seal(ada.seal(event_text("nested")))}) {
        ada.client.send_text(bad);
        EXPECT_EQ(ada.next(), invalid) << bad;
    }
    EXPECT_EQ(hub->count().dropped_undecryptable, 7u); // the nested one could be decrypted
    answer();
    ada.client.send_text(good);
    EXPECT_EQ(ada.next(), event_text("x"));
}

// It belongs to the application of clients that the hub doesn't encrypt for, as in the reference.
TEST_F(hub_encryption, leaves_encrypted_events_of_plain_clients_alone)
{
    ws_client ann = hub.login();
    ann.emit("encrypted", R"({"iv":"x","ct":"y"})");
    EXPECT_EQ(hub.app.calls.wait_for(3).back(), R"(message encrypted {"iv":"x","ct":"y"})");
}

TEST_F(hub_encryption, leaves_the_handshake_to_an_application_that_has_one)
{
    test_hub own(1, encrypting(true));
    own.app.on_handshake = [](const handshake_request&, reply<handshake_result> answer) {
        answer.accept({"key", "salt"});
    };
    ws_client ann = own.connect();
    ann.emit("authenticate", R"({"publicKey":"anything"})");
    EXPECT_NE(ann.text().find(R"("serverPublicKey":"key","salt":"salt")"), std::string::npos);
}

TEST_F(hub_encryption, drops_and_counts_what_a_slow_client_has_no_place_for)
{
    encrypted_client ada(hub.connect(0, {}, 4096), "ada");
    const std::string data = '"' + std::string(100'000, 'x') + '"';
    for (int i = 0; i < 100; ++i)
        hub->send_to_client(ada.client.id, {"large", data});
    hub.settle();
    const auto dropped = hub->count().dropped_slow_client;
    EXPECT_GT(dropped, 0u);
    for (std::uint64_t i = 0; i < 100 - dropped; ++i)
        EXPECT_EQ(ada.next().size(), data.size() + 25);
}

// --- numbered messages ---

TEST_F(hub_encryption, numbers_messages_for_those_who_ask)
{
    answer();
    encrypted_client ada = login("ada", R"(["encrypted-number"])");
    EXPECT_NE(ada.connected.find(R"("capabilities":["encrypted-number"])"), std::string::npos);
    for (std::uint64_t n = 1; n <= 3; ++n) {
        ada.client.send_text(ada.seal(event_text("x"), n));
        EXPECT_EQ(ada.next(), event_text("x"));
        EXPECT_EQ(ada.last_number, n);
    }
}

TEST_F(hub_encryption, refuses_numbered_messages_again_and_out_of_order)
{
    answer();
    encrypted_client ada = login("ada", R"(["encrypted-number"])");
    const std::string first = ada.seal(event_text("first"), 1);
    const std::string second = ada.seal(event_text("second"), 2);
    std::string renumbered = second;
    renumbered[renumbered.size() - 3] = '1';
    for (const std::string& bad : {second, renumbered, ada.seal(event_text("unnumbered"))}) {
        ada.client.send_text(bad);
        EXPECT_EQ(ada.next(), invalid);
    }
    ada.client.send_text(first);
    EXPECT_EQ(ada.next(), event_text("first"));
    ada.client.send_text(first);
    EXPECT_EQ(ada.next(), invalid);
    ada.client.send_text(second);
    EXPECT_EQ(ada.next(), event_text("second"));
    EXPECT_EQ(hub->count().dropped_undecryptable, 4u);
}

TEST_F(hub_encryption, takes_nothing_in_the_clear_from_those_who_number)
{
    answer();
    encrypted_client ada = login("ada", R"(["encrypted-number"])");
    ada.client.emit("heartbeat");
    for (const char* text :
         {R"({"event":"x"})", R"({"event":"join","data":{"rooms":["r"]}})", "{"}) {
        ada.client.send_text(text);
        EXPECT_EQ(ada.next(), invalid) << text;
    }
    EXPECT_EQ(hub->count().dropped_undecryptable, 3u);
    EXPECT_FALSE(hub->is_member(ada.client.id, "r"));
}

// Between the agreement on a key and `connected`, and where none may come in without.
TEST(hub_encryption_fleet, sends_nothing_in_the_clear_to_those_who_will_have_a_key)
{
    for (const bool required : {false, true}) {
        tests::recording_broker nodes;
        test_hub hub(1, encrypting(required), &nodes);
        tests::collected<client_id> ids;
        hub.app.on_authenticate = [&](const client& who, std::string_view, reply<identity> answer) {
            if (required)
                hub->send_to_client(who.id(), {"early", {}});
            ids.add(who.id());
            answer.accept({});
        };
        nodes.settle_late();
        ws_client ada = hub.connect();
        ada.emit("authenticate",
                 R"({"publicKey":")" +
                     crypto::base64_encode(crypto::p256::key_pair().public_point()) + "\"}");
        nodes.wait_for_waiting(1);
        hub->send_to_client(ids.wait_for(1).at(0), {"still early", {}});
        ada.emit("x");
        EXPECT_EQ(ada.text(), R"({"event":"error","data":{"message":"Not authenticated"}})");
        nodes.settle();
        test_hub::read_connected(ada);
        EXPECT_EQ(hub->count().dropped_before_encryption, required ? 2u : 1u);
    }
}

// What waits for a join is decrypted again, and counts once.
TEST(hub_encryption_fleet, takes_what_waited_for_a_join_once)
{
    tests::recording_broker nodes;
    test_hub hub(1, encrypting(), &nodes);
    hub.app.on_message = [&](const client& from, std::string_view name, std::string_view) {
        hub->send_to_client(from.id(), {name, {}});
    };
    encrypted_client ada(hub.connect(), "ada", R"(["encrypted-number"])");
    nodes.settle_late();
    ada.client.send_text(ada.seal(R"({"event":"join","data":{"rooms":["r"]}})", 1));
    ada.client.send_text(ada.seal(R"({"event":"join","data":{"rooms":["s"]}})", 2));
    ada.client.send_text(ada.seal(event_text("first"), 3));
    ada.client.send_text(ada.seal(event_text("second"), 4));
    for (int i = 0; i < 2; ++i) {
        nodes.wait_for_waiting(1);
        hub.settle();
        nodes.settle();
    }
    EXPECT_EQ(ada.next(), event_text("first"));
    EXPECT_EQ(ada.next(), event_text("second"));
}

} // namespace
} // namespace cresset::hub
