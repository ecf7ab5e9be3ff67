#include "hub/hub.hpp"
#include "support/encrypted_client.hpp"
#include "support/event_text.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace cresset::hub {
namespace {

using tests::encrypted_client;
using tests::test_hub;
using tests::ws_client;

options encrypting()
{
    options settings;
    settings.key_agreement =
        std::make_shared<const crypto::key_agreement>(crypto::p256::key_pair());
    return settings;
}

using tests::event_text;

// Members of the room "r" of one shard: those called ..k have its keys.
struct room_keys_test : testing::Test
{
    room_keys_test()
    {
        for (encrypted_client* c : {&first_k, &second_k, &other})
            join(*c);
    }

    void join(encrypted_client& c)
    {
        ASSERT_TRUE((*hub).join(c.client.id, "r"));
        hub.settle();
    }

    void say(std::string_view name, client_ids exclude = {})
    {
        hub->send_to_room("r", {name, {}}, std::move(exclude));
    }

    test_hub hub{2, encrypting()};
    encrypted_client first_k{hub.connect(), "first", R"(["room-key"])"};
    encrypted_client second_k{hub.connect(), "second", R"(["other","room-key"])"};
    encrypted_client other{hub.connect(), "other"};
};

TEST_F(room_keys_test, are_sent_with_the_first_message_to_those_who_ask)
{
    EXPECT_NE(first_k.connected.find(R"("capabilities":["room-key"])"), std::string::npos);
    say("one");
    say("two");
    for (encrypted_client* c : {&first_k, &second_k}) {
        EXPECT_EQ(c->next(), "key of r 1");
        EXPECT_EQ(c->next(), "room " + event_text("one"));
        EXPECT_EQ(c->last_number, 1u);
        EXPECT_EQ(c->next(), "room " + event_text("two"));
        EXPECT_EQ(c->last_number, 2u);
    }
    EXPECT_EQ(other.next(), event_text("one"));
    EXPECT_EQ(other.next(), event_text("two"));
}

TEST_F(room_keys_test, are_for_rooms_alone)
{
    hub->broadcast({"all", {}});
    EXPECT_EQ(first_k.next(), event_text("all"));
    hub->send_to_user("first", {"user", {}});
    EXPECT_EQ(first_k.next(), event_text("user"));
    hub->send_to_client(first_k.client.id, {"client", {}});
    EXPECT_EQ(first_k.next(), event_text("client"));
}

TEST_F(room_keys_test, go_to_newcomers_and_stay)
{
    say("one");
    encrypted_client third_k{hub.connect(), "third", R"(["room-key"])"};
    join(third_k);
    say("two");
    EXPECT_EQ(third_k.next(), "key of r 1");
    EXPECT_EQ(third_k.next(), "room " + event_text("two"));
    EXPECT_EQ(first_k.next(), "key of r 1");
    EXPECT_EQ(first_k.next(), "room " + event_text("one"));
    EXPECT_EQ(first_k.next(), "room " + event_text("two"));
}

TEST_F(room_keys_test, change_when_somebody_has_left)
{
    say("one");
    ASSERT_TRUE((*hub).leave(second_k.client.id, "r"));
    hub.settle();
    say("two");
    EXPECT_EQ(first_k.next(), "key of r 1");
    EXPECT_EQ(first_k.next(), "room " + event_text("one"));
    EXPECT_EQ(first_k.next(), "key of r 2");
    EXPECT_EQ(first_k.next(), "room " + event_text("two"));
    join(second_k);
    say("three");
    EXPECT_EQ(second_k.next(), "key of r 1");
    EXPECT_EQ(second_k.next(), "room " + event_text("one"));
    EXPECT_EQ(second_k.next(), "key of r 2");
    EXPECT_EQ(second_k.next(), "room " + event_text("three"));
}

TEST_F(room_keys_test, change_when_somebody_has_gone)
{
    say("one");
    hub.settle();
    second_k.client.socket.send(tests::client_close_frame(1000));
    EXPECT_EQ(second_k.next(), "key of r 1");
    EXPECT_EQ(second_k.next(), "room " + event_text("one"));
    EXPECT_EQ(second_k.next(), "plain close 1000 ");
    hub.settle();
    say("two");
    EXPECT_EQ(first_k.next(), "key of r 1");
    EXPECT_EQ(first_k.next(), "room " + event_text("one"));
    EXPECT_EQ(first_k.next(), "key of r 2");
    EXPECT_EQ(first_k.next(), "room " + event_text("two"));
}

// One without keys knows none.
TEST_F(room_keys_test, stay_when_another_leaves)
{
    say("one");
    ASSERT_TRUE((*hub).leave(other.client.id, "r"));
    hub.settle();
    say("two");
    EXPECT_EQ(first_k.next(), "key of r 1");
    EXPECT_EQ(first_k.next(), "room " + event_text("one"));
    EXPECT_EQ(first_k.next(), "room " + event_text("two"));
}

TEST_F(room_keys_test, are_forgotten_with_their_room)
{
    say("one");
    for (encrypted_client* c : {&first_k, &second_k, &other})
        ASSERT_TRUE((*hub).leave(c->client.id, "r"));
    hub.settle();
    join(first_k);
    say("two");
    EXPECT_EQ(first_k.next(), "key of r 1");
    EXPECT_EQ(first_k.next(), "room " + event_text("one"));
    EXPECT_EQ(first_k.next(), "key of r 2"); // never the same name for two keys
    EXPECT_EQ(first_k.next(), "room " + event_text("two"));
}

TEST_F(room_keys_test, reach_those_who_are_excluded_and_their_messages_do_not)
{
    say("not for the first", {first_k.client.id});
    say("for all");
    EXPECT_EQ(first_k.next(), "key of r 1");
    EXPECT_EQ(first_k.next(), "room " + event_text("for all"));
    EXPECT_EQ(first_k.last_number, 2u);
}

TEST_F(room_keys_test, are_each_shard_s_own)
{
    encrypted_client far_k{hub.connect(1), "far", R"(["room-key"])"};
    join(far_k);
    say("one");
    EXPECT_EQ(far_k.next(), "key of r 1");
    EXPECT_EQ(far_k.next(), "room " + event_text("one"));
    EXPECT_EQ(first_k.next(), "key of r 1");
    EXPECT_EQ(first_k.next(), "room " + event_text("one"));
}

TEST_F(room_keys_test, belong_to_rooms_of_any_name)
{
    const std::string name = "\"\\ü\n" + std::string(200, 'x');
    ASSERT_TRUE((*hub).join(first_k.client.id, name));
    hub.settle();
    hub->send_to_room(name, {"here", {}});
    EXPECT_EQ(first_k.next(), "key of " + name + " 1");
    EXPECT_EQ(first_k.next(), "room " + event_text("here"));
}

// The program may put it there before it is authenticated.
TEST_F(room_keys_test, go_to_those_who_were_there_before_they_asked)
{
    say("one");
    hub.app.on_authenticate = [this](const client& who, std::string_view, reply<identity> answer) {
        EXPECT_TRUE((*hub).join(who.id(), "r"));
        answer.accept({});
    };
    encrypted_client early_k{hub.connect(), "early", R"(["room-key"])"};
    say("two");
    EXPECT_EQ(early_k.next(), "key of r 1");
    EXPECT_EQ(early_k.next(), "room " + event_text("two"));
}

// A transform may change whatever it likes, so it is not called in the middle of a fan-out.
TEST_F(room_keys_test, are_sent_without_the_application_in_between)
{
    ws_client transformed = hub.login();
    ASSERT_TRUE((*hub).encrypt(transformed.id));
    for (const client_id& id : {transformed.id, first_k.client.id, second_k.client.id})
        ASSERT_TRUE((*hub).join(id, "q")); // in this order
    hub.settle();
    const std::uint64_t before = hub->count().messages_delivered;
    hub.app.on_transform = [&, before](const outbound_message& m, reply<replacement> answer) {
        EXPECT_EQ(hub->count().messages_delivered, before + 4); // a key and a message for each
        for (const encrypted_client* c : {&first_k, &second_k})
            (*hub).leave(c->client.id, "q");
        answer.accept({std::string(m.event), {}});
    };
    hub->send_to_room("q", {"one", R"("data")"});
    EXPECT_EQ(transformed.text(), event_text("one"));
    for (encrypted_client* c : {&first_k, &second_k}) {
        EXPECT_EQ(c->next(), "key of q 1");
        EXPECT_EQ(c->next(), R"(room {"event":"one","data":"data"})");
    }
}

// It gets no message that it could not read, and the key when it reads again.
TEST_F(room_keys_test, wait_for_a_place_in_the_queue)
{
    encrypted_client slow_k{hub.connect(0, {}, 4096), "slow", R"(["room-key"])"};
    join(slow_k);
    const std::string data = '"' + std::string(100'000, 'x') + '"';
    for (int i = 0; i < 100; ++i)
        hub->send_to_client(slow_k.client.id, {"large", data});
    hub.settle();
    std::uint64_t dropped = hub->count().dropped_slow_client;
    ASSERT_GT(dropped, 0u);
    // Until not even the key has a place.
    for (int i = 0; i < 20'000; ++i)
        hub->send_to_client(slow_k.client.id, {"small", {}});
    hub.settle();
    const auto before = hub->count().dropped_slow_client;
    say("lost");
    hub.settle();
    EXPECT_EQ(hub->count().dropped_slow_client, before + 1);
    std::string last;
    while (last != event_text("end")) {
        last = slow_k.next();
        if (hub->count().dropped_slow_client == before + 1 && last == event_text("small"))
            hub->send_to_client(slow_k.client.id, {"end", {}});
        ASSERT_FALSE(last.starts_with("room ") || last.starts_with("key ")) << last;
    }
    say("read");
    last = slow_k.next();
    while (last == event_text("end"))
        last = slow_k.next();
    EXPECT_EQ(last, "key of r 1");
    EXPECT_EQ(slow_k.next(), "room " + event_text("read"));
}

} // namespace
} // namespace cresset::hub
